// Compiled once, for any machine: templates of the standard library that are not of our own types must not be compiled for one
// instruction set and run on another.
#include "threads.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace {

// Looks before a thread goes to sleep, some 0.3 ms: between two pieces of a training step it need not. Whoever else wants the core
// gets it meanwhile.
constexpr int LOOKS = 1000;

}  // namespace

struct Team::Inside {
    std::mutex mutex;
    std::condition_variable begin, end;
    std::atomic<int> round{0}, busy{0}, next{0};  // pieces of work given out; threads not back from it; the next item of it
    std::atomic<bool> over{false};
    std::atomic_flag failed = ATOMIC_FLAG_INIT;
    std::exception_ptr failure;
    void (*work)(void *data, int item, int worker) = nullptr;
    void *data = nullptr;
    int count = 0, others = 0;
    std::unique_ptr<std::thread[]> threads;

    template <class Ready>
    void wait(std::condition_variable &signal, Ready ready) {
        for (int k = 0; k < LOOKS; ++k) {
            if (ready()) return;
            std::this_thread::yield();
        }
        std::unique_lock<std::mutex> lock(mutex);
        signal.wait(lock, ready);
    }

    void run(int worker) {
        try {
            for (int item; (item = next++) < count;) work(data, item, worker);
        } catch (...) {
            next = count;
            if (!failed.test_and_set()) failure = std::current_exception();
        }
    }

    void live(int worker) {
        for (int seen = 0;; ++seen) {
            wait(begin, [&] { return round != seen || over; });
            if (over) return;
            run(worker);
            if (--busy == 0) {
                std::lock_guard<std::mutex> lock(mutex);
                end.notify_one();
            }
        }
    }
};

Team::Team(int threads) : inside(nullptr) {
    if (threads < 2) return;
    std::unique_ptr<Inside> made(new Inside);
    made->threads.reset(new std::thread[threads - 1]);
    try {
        for (int &k = made->others; k < threads - 1; ++k) made->threads[k] = std::thread(&Inside::live, made.get(), k + 1);
    } catch (const std::system_error &) {
    } catch (const std::bad_alloc &) {
    }
    inside = made.release();
}

int Team::size() const { return inside ? inside->others + 1 : 1; }

Team::~Team() {
    if (!inside) return;
    {
        std::lock_guard<std::mutex> lock(inside->mutex);
        inside->over = true;
    }
    inside->begin.notify_all();
    for (int k = 0; k < inside->others; ++k) inside->threads[k].join();
    delete inside;
}

void Team::share(int count, void (*work)(void *data, int item, int worker), void *data) {
    if (!inside || inside->others == 0 || count < 2) {
        for (int item = 0; item < count; ++item) work(data, item, 0);
        return;
    }
    Inside &now = *inside;
    now.work = work, now.data = data, now.count = count;
    now.next = 0, now.busy = now.others;
    {
        std::lock_guard<std::mutex> lock(now.mutex);
        ++now.round;
    }
    now.begin.notify_all();
    now.run(0);
    now.wait(now.end, [&] { return now.busy == 0; });
    if (now.failure) {
        now.failed.clear();
        std::exception_ptr failure;
        std::swap(failure, now.failure);
        std::rethrow_exception(failure);
    }
}
