/// The jobs that could run now, in the order in which they became runnable.
struct ReadyQueue {
    private var jobs: [UnownedJob] = []
    /// The task of each job. A task can stand here twice: an actor's mailbox is drained in the name of who filled it.
    private(set) var tasks: [Int] = []

    var isEmpty: Bool { tasks.isEmpty }
    var count: Int { tasks.count }

    mutating func append(_ job: UnownedJob, task: Int) {
        jobs.append(job)
        tasks.append(task)
    }

    mutating func remove(at index: Int) -> (job: UnownedJob, task: Int) {
        (jobs.remove(at: index), tasks.remove(at: index))
    }

    mutating func removeAll() {
        jobs.removeAll(keepingCapacity: true)
        tasks.removeAll(keepingCapacity: true)
    }
}
