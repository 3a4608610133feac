#include "threads.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <pthread.h>

namespace matinee {
namespace {

using Body = std::function<void(std::int64_t, std::int64_t)>;

struct Job {
    std::int64_t count, grain;
    const Body* body;
    std::atomic<std::int64_t> next{0};
    std::mutex failure_lock;
    std::exception_ptr failure;

    void work() {
        for (;;) {
            const std::int64_t begin = next.fetch_add(grain);
            if (begin >= count) return;
            try {
                (*body)(begin, std::min(begin + grain, count));
            } catch (...) {
                const std::lock_guard hold(failure_lock);
                if (!failure) failure = std::current_exception();
                next.store(count);
            }
        }
    }
};

// Loops follow each other closely: a short look before sleeping saves waking up, which costs more than a small loop.
template <class Done>
void spin_until(Done done) {
    for (int look = 0; look < 4000 && !done(); ++look) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
}

class Pool {
public:
    // One job at a time: while the helpers are at another thread's, this one does its own alone.
    void run(Job& job, int helpers) {
        const std::unique_lock one_job(run_lock_, std::try_to_lock);
        if (!one_job) return job.work();
        grow(helpers);
        {
            const std::lock_guard hold(lock_);
            job_ = &job;
            unfilled_ = helpers;
            active_ = helpers;
        }
        wake_.notify_all();
        job.work();
        dismiss();
        spin_until([this] { return active_.load(std::memory_order_acquire) == 0; });
        std::unique_lock hold(lock_);
        done_.wait(hold, [this] { return active_ == 0; });
        job_ = nullptr;
    }

private:
    void grow(int helpers) {
        while (static_cast<int>(threads_.size()) < helpers) {
            threads_.emplace_back([this] { serve(); });
            threads_.back().detach();
        }
    }

    // Helpers that have not woken yet have nothing left to do: where the processors are busy, waiting for them would take
    // longer than the whole loop.
    void dismiss() {
        const std::lock_guard hold(lock_);
        active_ -= unfilled_;
        unfilled_ = 0;
    }

    void serve() {
        for (;;) {
            spin_until([this] { return unfilled_.load(std::memory_order_relaxed) > 0; });
            std::unique_lock hold(lock_);
            wake_.wait(hold, [this] { return unfilled_ > 0; });
            --unfilled_;
            Job* job = job_;
            hold.unlock();
            job->work();
            hold.lock();
            if (--active_ == 0) done_.notify_one();
        }
    }

    std::mutex run_lock_, lock_;
    std::condition_variable wake_, done_;
    std::vector<std::thread> threads_;
    Job* job_ = nullptr;
    std::atomic<int> unfilled_{0}, active_{0};
};

// Never destroyed: the pool's threads may outlive static destructors. A forked child has no threads, so it gets a new one.
std::atomic<Pool*> pool{nullptr};

Pool& current_pool() {
    static std::once_flag once;
    std::call_once(once, [] {
        pool = new Pool;
        pthread_atfork(nullptr, nullptr, [] { pool = new Pool; });
    });
    return *pool;
}

}  // namespace

void parallel_for(std::int64_t count, std::int64_t grain, int threads, const Body& body) {
    if (count <= 0) return;
    const std::int64_t blocks = (count + grain - 1) / grain;
    const int helpers = static_cast<int>(std::min<std::int64_t>(threads, blocks)) - 1;
    Job job{count, grain, &body, {}, {}, {}};
    if (helpers <= 0) {
        job.work();
    } else {
        current_pool().run(job, helpers);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace matinee
