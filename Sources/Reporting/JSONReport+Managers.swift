import Judging

extension JSONReport {
    /// What became of the managers of a run; see ``ManagerRecord``.
    public struct Managers: Codable, Sendable {
        public var limit: Int
        public var mostConnections: Int
        public var lists: Int
        public var listsMissed: Int
        public var processes: [Process]

        public struct Process: Codable, Sendable {
            public var process: Int32
            public var tasks: Int
            public var managers: Int
            /// Absent if the process was killed before it could tell.
            public var calls: ManagerRecord.Calls?
            public var transitions: [Transition]
        }

        public struct Transition: Codable, Sendable {
            public var from: String
            public var to: String
            public var seconds: Double
        }
    }
}

extension JSONReport.Managers {
    init(_ record: ManagerRecord) {
        self.init(
            limit: record.limit, mostConnections: record.mostConnections, lists: record.lists,
            listsMissed: record.listsMissed,
            processes: record.processes.map { process in
                Process(
                    process: process.process, tasks: process.tasks, managers: process.managers, calls: process.calls,
                    transitions: process.transitions.map {
                        Transition(from: $0.from, to: $0.to, seconds: Double($0.time) / 1e9)
                    })
            })
    }
}
