#!/bin/sh
# The tests of the compiled engine on ARM's instruction set, with Debian's cross compiler and a Python for ARM under QEMU: NEON against
# PyTorch in float64, as on any other machine. What it fetches, some 1.1 GB, is kept in the folder named first; the other
# arguments go to pytest.
set -eu
folder=$1 && shift
mkdir -p "$folder" && folder=$(cd "$folder" && pwd)
root=$folder/root site=$folder/site python=python3.11

if ! command -v aarch64-linux-gnu-g++ >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update && apt-get install -y g++-aarch64-linux-gnu qemu-user
  else
    echo "aarch64-linux-gnu-g++ and qemu-aarch64 are missing: apt-get install g++-aarch64-linux-gnu qemu-user" >&2
    exit 1
  fi
fi

# Debian's Python for ARM, unpacked beside the system, which is left as it is.
if ! [ -x "$root/usr/bin/$python" ]; then
  state=$folder/apt
  mkdir -p "$root" "$state/lists/partial" "$state/archives/partial" && : >"$state/status"
  set_apart="-o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State=$state -o Dir::State::status=$state/status
    -o Dir::State::lists=$state/lists -o Dir::Cache=$state -o Acquire::Languages=none"
  apt-get $set_apart update
  apt-get $set_apart install -y --no-install-recommends --download-only $python-minimal lib$python-stdlib libstdc++6
  for package in "$state"/archives/*.deb; do dpkg -x "$package" "$root"; done
fi

# The packages that the tests import. PyTorch 2.7 is the last whose wheel for ARM is for the processor alone.
if ! [ -d "$site/torch" ]; then
  names='numpy|scipy|h5py|hypothesis|pytest|beartype|jaxtyping|pydantic|pydantic-core|annotated-types|typing-extensions'
  names="$names|typing-inspection|threadpoolctl|pyyaml|scikit-learn|joblib|narwhals|networkx|sympy|mpmath|filelock|fsspec|jinja2"
  names="$names|markupsafe|wadler-lindig|iniconfig|packaging|pluggy|pygments|sortedcontainers|setuptools"
  grep -E "^($names)==" envs/requirements.txt >"$folder/requirements.txt"
  echo torch==2.7.1 >>"$folder/requirements.txt"
  .venv/bin/pip install --quiet ${PIP_ARGS:-} --no-deps --only-binary=:all: --python-version 3.11 --target "$site" \
    --platform manylinux2014_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux_2_28_aarch64 \
    --requirement "$folder/requirements.txt"
fi

# Under QEMU a program of this machine runs as it is: the build calls the cross compiler. Of OpenBLAS's kernels the plainest: those
# that it picks itself gave NumPy wrong float32 products there (QEMU 7.2, one in ten), and NumPy is what the engine is held against.
export OPENBLAS_CORETYPE=ARMV8
export CXX=aarch64-linux-gnu-g++ RNNATLAS_CACHE="$folder/cache" PYTHONPATH="$PWD/workflow:$site" QEMU_LD_PREFIX="$root"
exec qemu-aarch64 "$root/usr/bin/$python" -m pytest -p no:cacheprovider "$@"
