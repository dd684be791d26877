import Support
import Testing

@Suite("A queue of tasks that wait")
struct WaitQueueTests {
    private let queue = WaitQueue<Int>()
    private let arrivals = Mailbox<Int>()
    private let wakings = Mailbox<Int>()

    /// Begins to wait, and returns when the task is about to be in the queue: whoever wakes it comes after it.
    private func begin(_ number: Int, endsWithTask: Bool = true) async -> Task<Void, Never> {
        let task = Task {
            await queue.wait(for: number, endsWithTask: endsWithTask) {
                arrivals.put(number)
                return true
            }
            wakings.put(number)
        }
        #expect(await arrivals.take() == number)
        return task
    }

    @Test("Those whose goal is reached are woken, and the others stay")
    func goals() async {
        for number in 1...3 { _ = await begin(number) }
        queue.wake { $0 == 2 }
        #expect(await wakings.take() == 2)
        #expect(queue.count == 2)
        queue.wake()
        let rest = [await wakings.take(), await wakings.take()]
        #expect(Set(rest) == [1, 3])
    }

    @Test("A task that need not wait does not")
    func noWait() async {
        await queue.wait(for: 1) { false }
        await queue.wait(for: 1, endsWithTask: false) { false }
    }

    @Test("A cancelled task goes on alone, before or after it began to wait")
    func cancelled() async {
        let other = await begin(1)
        let task = await begin(2)
        task.cancel()
        #expect(await wakings.take() == 2)
        #expect(queue.count == 1)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await queue.wait(for: 3) { true }
        }
        await late.value
        #expect(queue.count == 1)
        queue.wake()
        await other.value
    }

    @Test("A task that does not end with its cancellation is woken only by a change")
    func persistent() async {
        let task = await begin(1, endsWithTask: false)
        task.cancel()
        #expect(queue.count == 1)
        queue.wake()
        #expect(await wakings.take() == 1)
        await task.value
    }
}
