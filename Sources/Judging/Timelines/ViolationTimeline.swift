import Checking
import History

/// What happened around a violation, step by step, and what each layer held of its key meanwhile.
///
/// Steps follow one another in time; how long lies between two of them is in their times. It is bounded: of more
/// operations than ``limit`` those that prove and explain the violation are kept, then those that change what layers
/// hold, then reads, the latest of each.
package struct ViolationTimeline: Sendable, Hashable {
    /// The most operations of a timeline.
    package static let limit = 120
    /// The most workers of a timeline.
    static let workerLimit = 16

    /// An operation of the timeline.
    package struct Deed: Sendable, Hashable {
        package let operation: Operation
        /// Who did it.
        package let place: TimelinePlace
        /// The steps at which it begins and ends, which are one if nothing happens in between.
        package internal(set) var first: Int
        package internal(set) var last: Int
        /// Of the operations of the proof, their number, from 1.
        package let number: Int?
        /// What was done, for people.
        package let text: String
        /// It had not returned when the timeline ends.
        package internal(set) var isOpen = false
    }

    /// Something that happens at one moment.
    package struct Step: Sendable, Hashable {
        /// Nanoseconds since the first operation of the proof began.
        package let time: Int64
        /// Who; `nil` of a fault.
        package let place: TimelinePlace?
        package let text: String
        /// Which of the deeds begins or ends here; `nil` of a fault.
        package let deed: Int?
    }

    /// What a layer holds of the key from one step on to before another.
    package struct Holding: Sendable, Hashable {
        package let place: TimelinePlace
        package let first: Int
        /// The step at which it is something else; the number of steps if it is so to the end.
        package internal(set) var end: Int
        package let content: LayerContent
        /// How that is known.
        package internal(set) var evidence: String
    }

    /// A fault that is in force in some of the steps.
    package struct Fault: Sendable, Hashable {
        package let name: String
        package let first: Int
        package let last: Int
    }

    /// The key; `nil` if the violation concerns none, or several.
    package let key: String?
    package let steps: [Step]
    package let deeds: [Deed]
    /// In order of place and time.
    package let holdings: [Holding]
    package let faults: [Fault]
    /// Everybody and everything that takes part, in the order of instances, then hosts, then what all share.
    package let places: [TimelinePlace]
    /// How many operations between the first step and the last were left out.
    package let omitted: Int

    /// Of each violation, in their order. O(operations + violations).
    /// - Parameters:
    ///   - history: what was recorded; one without operations if only the violations are left of it.
    ///   - faults: with times since `start`, on the history's clock.
    ///   - hosts: the host of each instance.
    package static func all(
        of violations: [Violation], in history: History, faults: [FaultRecord] = [], since start: Int64 = 0,
        hosts: [Int] = []
    ) -> [ViolationTimeline] {
        let places = TimelinePlaces(hosts: hosts)
        var gatherings = violations.map { TimelineGathering($0, places, history) }
        var byKey: [Int32: [Int]] = [:]
        for (index, gathering) in gatherings.enumerated() {
            if let key = gathering.key { byKey[key, default: []].append(index) }
        }
        let all = byKey.values.flatMap { $0 }
        for operation in history.operations {
            for index in operation.key >= 0 ? byKey[operation.key] ?? [] : all { gatherings[index].take(operation) }
        }
        let wanted = Set(gatherings.flatMap(\.causes))
        var causes: [Int64: Operation] = [:]
        if !wanted.isEmpty {
            for operation in history.operations where wanted.contains(operation.id) { causes[operation.id] = operation }
        }
        return gatherings.map { gathering in
            TimelineBuilder(gathering, history, causes: causes, places: places, faults: faults, since: start).timeline
        }
    }
}

/// What a layer holds of a key.
package enum LayerContent: Sendable, Hashable {
    /// - Parameter newer: the newest version that was written, if that is a newer one.
    case version(Int64, isTombstone: Bool, newer: Int64?)
    case value(Int64)
    case nothing

    /// `version 6`, `version 6, older than 7`, `nothing`.
    package var text: String {
        switch self {
        case .version(let version, let isTombstone, let newer):
            (isTombstone ? "the tombstone of version \(version)" : "version \(version)")
                + (newer.map { ", older than \($0)" } ?? "")
        case .value(let value): "value \(value)"
        case .nothing: "nothing"
        }
    }

    /// Whether something newer was written.
    package var isStale: Bool {
        if case .version(_, _, .some) = self { true } else { false }
    }

    /// What an operation wrote, kept or found.
    package init(_ operation: Operation) {
        self =
            if operation.isAbsent && operation.kind != .compareAndSet {
                .nothing
            } else if operation.version > 0 {
                .version(operation.version, isTombstone: operation.isTombstone, newer: nil)
            } else if operation.value != 0 {
                .value(operation.value)
            } else {
                .nothing
            }
    }
}
