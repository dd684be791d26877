import AdapterProtocol

/// Something that is held at a gate until it is released: whoever sent it goes on only with what it causes.
///
/// A command and its reply are two messages, and so are a question to the origin and its answer: faults hide between
/// them.
package struct GatedMessage: Sendable {
    package enum Kind: String, Sendable, Hashable {
        /// A worker begins an operation.
        case operation
        /// An instance says something to Redis.
        case command
        /// Redis answers.
        case reply
        /// Redis says something of its own accord: an announcement.
        case push
        /// An instance asks the origin.
        case question
        /// The origin has acted, and answers.
        case answer
        /// A sleep or a time limit is over.
        case timer
        /// A fault.
        case fault
    }

    /// In the order in which messages appeared in the run.
    let number: Int
    package let kind: Kind
    /// The instance that it comes from or goes to, counted from 0; `nil` for what concerns all of them.
    package let instance: Int?
    /// Whose message caused it: `0.1` is worker 1 of instance 0, `1` is instance 1 by itself.
    package let task: String
    /// Task, kind and what it is about, with a number among its like: the same in each run of the same schedule.
    package let label: String
    /// What it is, for a story.
    package let words: String
    private(set) var footprint: Footprint
    let payload: Payload

    /// Whether an operation ended when it was let through.
    var isEnd: Bool {
        get { footprint.ends }
        set { footprint.ends = newValue }
    }

    /// Whether it makes a difference which of the two is let through first.
    package func meets(_ other: GatedMessage) -> Bool { task == other.task || footprint.meets(other.footprint) }

    enum Payload: Sendable {
        case operation(worker: Int)
        /// The message heads the queue of its connection.
        case connection(Int)
        case question(AdapterAsk)
        case answer(OriginAnswer)
        case timer(deadline: Int64)
        case fault(GatedFault)
    }
}

/// What releasing a message touches. Two messages whose footprints do not meet may be released in either order.
struct Footprint: Sendable, Hashable {
    enum Access: Sendable, Hashable {
        case none
        case reads(Set<String>)
        case writes(Set<String>)
        /// Anything may be meant.
        case everything

        func meets(_ other: Access) -> Bool {
            switch (self, other) {
            case (.none, _), (_, .none), (.reads, .reads): false
            case (.everything, _), (_, .everything): true
            case (.reads(let left), .writes(let right)), (.writes(let left), .reads(let right)),
                (.writes(let left), .writes(let right)):
                !left.isDisjoint(with: right)
            }
        }
    }

    /// The process that goes on.
    var process: Int?
    /// The connection whose order it belongs to.
    var connection: Int?
    var redis = Access.none
    var origin = Access.none
    /// Whether an operation begins, or ends, with it: checks ask which of them had ended when another one began.
    var begins = false
    var ends = false
    /// Whether it meets everything.
    var isEverywhere = false

    func meets(_ other: Footprint) -> Bool {
        if isEverywhere || other.isEverywhere { return true }
        if let process, process == other.process { return true }
        if let connection, connection == other.connection { return true }
        if begins && other.ends || ends && other.begins { return true }
        return redis.meets(other.redis) || origin.meets(other.origin)
    }
}
