#include "support/faulty_memory.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace spillway::test {

namespace {

thread_local std::uint64_t calls_until_fault = 0;
std::atomic<std::uint64_t> calls_until_fault_of_all = 0;
std::atomic<bool> has_happened = false;

bool fails() noexcept {
  if (calls_until_fault != 0 && --calls_until_fault == 0) return true;
  if (calls_until_fault_of_all.load(std::memory_order_relaxed) == 0) return false;
  auto left = calls_until_fault_of_all.load();
  while (left != 0 && !calls_until_fault_of_all.compare_exchange_weak(left, left - 1)) {
  }
  return left == 1;
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (fails()) {
    has_happened = true;
    throw std::bad_alloc{};
  }
  auto* const block = alignment <= alignof(std::max_align_t)
                          ? std::malloc(size)
                          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (block == nullptr && size != 0) throw std::bad_alloc{};
  return block;
}

}  // namespace

injected_new_fault::injected_new_fault(std::uint64_t at_call, new_fault_of whose) noexcept {
  has_happened = false;
  if (whose == new_fault_of::this_thread) {
    calls_until_fault = at_call;
  } else {
    calls_until_fault_of_all = at_call;
  }
}
injected_new_fault::~injected_new_fault() {
  calls_until_fault = 0;
  calls_until_fault_of_all = 0;
}
bool injected_new_fault::happened() const noexcept { return has_happened; }

}  // namespace spillway::test

void* operator new(std::size_t size) { return spillway::test::allocate(size, 1); }
void* operator new[](std::size_t size) { return spillway::test::allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return spillway::test::allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return spillway::test::allocate(size, static_cast<std::size_t>(alignment));
}
// The standard library's own versions of these need not call the ones above; Catch2 uses them.
void* operator new(std::size_t size, std::nothrow_t const&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* block, std::nothrow_t const&) noexcept { std::free(block); }
void operator delete[](void* block, std::nothrow_t const&) noexcept { std::free(block); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }

// Boost's filters leak what their constructors have made when a later allocation in them fails; the library can't help
// that. Read by the leak sanitizer, unused otherwise.
extern "C" char const* __lsan_default_suppressions();
extern "C" char const* __lsan_default_suppressions() { return "leak:boost::iostreams::symmetric_filter\n"; }
