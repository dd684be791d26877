extension SimulationTrace {
    /// A point that a task passed, or a note that it wrote.
    public struct Passage: Sendable, Hashable {
        /// The number of the task; `taskNames` has its name.
        public let task: Int
        /// The name of the point or the note.
        public let point: String
    }

    /// The points and notes in the order in which the tasks passed them.
    ///
    /// A point at which a task stopped has the position at which the task continued, because the code behind the
    /// point ran then. O(length of the trace).
    public var passages: [Passage] {
        var passages: [Passage] = []
        forEachHappening { happening in
            switch happening {
            case .passed(let task, let label), .noted(let task, let label, _):
                passages.append(Passage(task: task, point: text(ofLabel: label)))
            case .ran, .time: break
            }
        }
        return passages
    }

    /// The meaning of an event, known once the code behind a point ran.
    enum Happening {
        case ran(task: Int)
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
                body(.ran(task: task))
                if isStop { stops[task] = label } else { body(.passed(task: task, label: label)) }
            case .note(let task, let label, let value): body(.noted(task: task, label: label, value: value))
            case .time(let nanoseconds): body(.time(nanoseconds: nanoseconds))
            }
        }
    }
}
