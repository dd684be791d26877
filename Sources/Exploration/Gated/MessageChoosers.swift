import GatedWorld
import Simulation

/// The usual order, except at some steps.
struct Deviations: MessageChooser, Sendable, Hashable {
    /// By step: which of the waiting messages, in the usual order.
    var choices: [Int: Int] = [:]

    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int { choices[step] ?? 0 }

    /// Where the next one may be: what comes before has been decided.
    var end: Int { (choices.keys.max() ?? -1) + 1 }

    func with(_ choice: Int, at step: Int) -> Deviations {
        var deviations = self
        deviations.choices[step] = choice
        return deviations
    }
}

/// Any message, each as likely as any other.
struct UniformChoice: MessageChooser {
    var random: SeededRandom

    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int {
        enabled.count == 1 ? 0 : Int.random(in: 0..<enabled.count, using: &random)
    }
}

/// The order of an earlier run: the first message of it that waits. What never waits is passed over, so that the order
/// of a run is one for its parts, too.
struct EarlierOrder: MessageChooser {
    private var labels: [String]
    /// Messages that were not the next ones of the earlier run.
    private(set) var missed = 0

    init(_ labels: [String]) { self.labels = labels }

    /// Labels that were never let through.
    var left: Int { labels.count }

    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int {
        for (place, label) in labels.enumerated() {
            guard let index = enabled.firstIndex(where: { $0.label == label }) else { continue }
            if place > 0 { missed += 1 }
            labels.remove(at: place)
            return index
        }
        missed += 1
        return 0
    }
}
