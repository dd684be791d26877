import History
import Simulation

/// A simulated run in the cache's words: a line for each stretch in which one task ran, with what it did there.
///
/// Made of two accounts of the same run: the trace, which knows in which order tasks ran and where one was held up, and
/// the history, which knows keys, versions and layers. The cache's clock, whose every look is noted in the trace, joins
/// them. What a task does without effect on the cache (starting, waking up) makes no line.
public struct RunStory: Sendable, Hashable, CustomStringConvertible {
    public struct Line: Sendable, Hashable {
        /// Who: `worker 3`, `instance 1`, `bus to instance 0`.
        public let actor: String
        /// What, one thing after the other.
        public internal(set) var deeds: [String]
    }

    public let lines: [Line]

    /// How often it goes over from one actor to another.
    public var switches: Int { max(0, lines.count - 1) }

    init(lines: [Line]) { self.lines = lines }

    /// - Parameters:
    ///   - trace: of a run in which the cache's clock was noted.
    ///   - proof: the operations that prove the violation, in the order of their numbers.
    ///   - faults: those that the scenario declares, in words.
    ///   - tellsMisses: whether the cache has the layers that come before the one that serves.
    init(
        _ trace: SimulationTrace, _ history: History, proof: [Int64], faults: [String] = [], tellsMisses: Bool = true
    ) {
        let places = TracePlaces(trace)
        let telling = StoryTelling(places, history, proof: proof, faults: faults, tellsMisses: tellsMisses)
        var lines: [Line] = []
        for (task, deed) in telling.deeds { lines.tell(deed, by: telling.name(of: task)) }
        self.lines = lines
    }

    public var description: String {
        let width = lines.map(\.actor.count).max() ?? 0
        return lines.enumerated().map { index, line in
            let number = String(index + 1)
            let indentation = String(repeating: " ", count: max(0, 3 - number.count))
            let gap = String(repeating: " ", count: width - line.actor.count + 2)
            let margin = String(repeating: " ", count: width + 7)
            return "\(indentation)\(number). \(line.actor)\(gap)"
                + Self.wrapped(line.deeds, width: Self.widest - width - 7).joined(separator: "\n" + margin)
        }.joined(separator: "\n")
    }

    /// In characters.
    private static let widest = 104

    /// Rows of deeds that are no wider than so many characters, if a deed allows it.
    private static func wrapped(_ deeds: [String], width: Int) -> [String] {
        var rows: [String] = []
        for (index, deed) in deeds.enumerated() {
            let text = index + 1 < deeds.count ? deed + ";" : deed
            if let last = rows.last, last.count + 1 + text.count <= width {
                rows[rows.count - 1] += " " + text
            } else {
                rows.append(text)
            }
        }
        return rows
    }
}

extension [RunStory.Line] {
    /// Adds what an actor does: to the last line if that is the actor's, else as a new one.
    mutating func tell(_ deed: String, by actor: String) {
        if last?.actor == actor {
            self[count - 1].deeds.append(deed)
        } else {
            append(Element(actor: actor, deeds: [deed]))
        }
    }
}
