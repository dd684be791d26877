import Support

/// How much of an exploration a check could judge.
public struct ExaminedCheck: Sendable, Hashable {
    public let name: String
    /// In how many schedules it examined something.
    public internal(set) var schedules = 0
    /// How many operations, or comparisons, it judged in all of them.
    public internal(set) var operations = 0

    /// Whether it can say anything.
    public var hasExamined: Bool { schedules > 0 }
}

/// Counts what checks examine, from any thread.
final class Examinations: Sendable {
    private let checks: Lock<[ExaminedCheck]>

    /// - Parameter names: of the checks that are asked, in their order.
    init(_ names: [String]) { checks = Lock(names.map { ExaminedCheck(name: $0) }) }

    /// What a run came to.
    func add(_ examined: [(check: String, operations: Int)]) {
        checks.withLock { checks in
            for (name, operations) in examined {
                // What a cache promises may be known only when it has run.
                let index = checks.firstIndex { $0.name == name } ?? checks.endIndex
                if index == checks.endIndex { checks.append(ExaminedCheck(name: name)) }
                checks[index].schedules += 1
                checks[index].operations += operations
            }
        }
    }

    var all: [ExaminedCheck] { checks.withLock { $0 } }
}
