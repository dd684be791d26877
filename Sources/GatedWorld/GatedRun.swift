import History
import Judging
import ScenarioRunner
import Scenarios

/// Which of the messages that wait is let through next.
package protocol MessageChooser {
    /// - Parameters:
    ///   - enabled: at least one message, in the usual order; see ``GatedWorld``.
    ///   - step: how many have been chosen in the run.
    /// - Returns: an index of it.
    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int
}

/// The first message each time.
package struct UsualOrder: MessageChooser {
    package init() {}
    package mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int { 0 }
}

/// What a gated run leaves.
package struct GatedRun: Sendable {
    /// A message that was let through.
    package struct Step: Sendable {
        package let message: GatedMessage
        /// What waited at that moment, itself included, in the usual order; empty where there was no choice to make.
        package let enabled: [GatedMessage]
        /// The place of the message among them.
        package let choice: Int
        /// Whose message was let through before.
        package let task: String

        package init(message: GatedMessage, enabled: [GatedMessage], choice: Int, task: String) {
            self.message = message
            self.enabled = enabled
            self.choice = choice
            self.task = task
        }
    }

    /// A line of its story: what was let through, or what came of an operation.
    package enum Event: Sendable {
        case step(GatedMessage)
        /// An operation has ended: who, and what came of it.
        case ended(task: String, words: String)
        /// From here on nothing is chosen: all is let through, and then every instance reads each key again.
        case quiet
    }

    package var steps: [Step] = []
    package var events: [Event] = []
    package internal(set) var record = RunRecord(
        world: .gated, history: History(operations: [], keys: []), phases: [], roundTrips: [], faults: [])
    /// In how many phases there were choices to make.
    package var phases = 0
    /// Operations that wait for ever, and what holds them up, as a sentence; `nil` if there are none.
    package var stuck: String?
    /// Messages of processes that were not being waited for. A run with one does not count.
    package var late = 0

    package var isVoid: Bool { late > 0 }
    /// The messages that were chosen.
    package var labels: [String] { steps.map(\.message.label) }
}
