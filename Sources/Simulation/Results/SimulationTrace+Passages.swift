extension SimulationTrace {
    /// A task that went on behind a point, or a note that it wrote.
    public struct Passage: Sendable, Hashable {
        /// Its number: `taskNames` has its name.
        public let task: Int
        /// The name of the point or the note.
        public let point: String
        /// Whether the task came to its next point or note before any other task ran: then all that stands between the two was one
        /// step. Otherwise the task ended behind the point, or waited for something, or changed its executor.
        public internal(set) var reachesPoint = false
    }

    /// Points and notes in the order in which they were passed: a point at which a task stopped stands where the task went on, since
    /// that is when the code behind it ran. O(length of the trace).
    public var passages: [Passage] {
        var passages: [Passage] = []
        var isUnbroken = false
        func reached(_ task: Int) {
            if isUnbroken, let last = passages.indices.last, passages[last].task == task {
                passages[last].reachesPoint = true
            }
        }
        forEachHappening { happening in
            switch happening {
            case .reached(let task): reached(task)
            case .passed(let task, let label):
                passages.append(Passage(task: task, point: text(ofLabel: label)))
                isUnbroken = true
            case .noted(let task, let label, _):
                reached(task)
                passages.append(Passage(task: task, point: text(ofLabel: label)))
                isUnbroken = true
            case .ran(let task): if passages.last?.task != task { isUnbroken = false }
            case .time: break
            }
        }
        return passages
    }

    /// What an event comes to, once it is known when the code behind a point ran.
    enum Happening {
        case ran(task: Int)
        /// A task came to a point.
        case reached(task: Int)
        case passed(task: Int, label: Int)
        case noted(task: Int, label: Int, value: Int)
        case time(nanoseconds: Int64)
    }

    func forEachHappening(_ body: (Happening) -> Void) {
        var stops: [Int: Int] = [:]
        forEach { event in
            switch event {
            case .step(let task):
                body(.ran(task: task))
                if let label = stops.removeValue(forKey: task) { body(.passed(task: task, label: label)) }
            case .point(let task, let label, let isStop):
                body(.reached(task: task))
                if isStop { stops[task] = label } else { body(.passed(task: task, label: label)) }
            case .note(let task, let label, let value): body(.noted(task: task, label: label, value: value))
            case .time(let nanoseconds): body(.time(nanoseconds: nanoseconds))
            }
        }
    }
}
