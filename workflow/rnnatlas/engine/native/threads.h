// Work shared among threads.
#pragma once

// Threads that last as long as the team, which is no longer than a call: a process that forks after it leaves none behind.
class Team {
public:
    explicit Team(int threads);  // those beside the caller wait for work; if the system refuses some, the others do theirs
    ~Team();
    int size() const;  // with the caller
    Team(const Team &) = delete;
    Team &operator=(const Team &) = delete;

    // work(data, item, worker) for the items 0 ... count - 1, each once, in any order. The caller is worker 0, and a worker has one
    // item in hand at a time. What an item throws ends the work, and is thrown again once all threads are back. No item takes memory,
    // for a thread to which the system refuses the few bytes of its first exception ends the process: the caller takes it for all.
    void share(int count, void (*work)(void *data, int item, int worker), void *data);

private:
    struct Inside;
    Inside *inside;  // null: the caller is alone
};

namespace {

// The same for f(item, worker).
template <class F>
inline void share(int count, Team &team, F f) {
    team.share(count, [](void *data, int item, int worker) { (*static_cast<F *>(data))(item, worker); }, &f);
}

}  // namespace
