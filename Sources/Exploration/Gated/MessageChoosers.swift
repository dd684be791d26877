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

/// Any message, each as likely as any other. Time and faults come seldom: after them little is left to go wrong.
struct UniformChoice: MessageChooser {
    var random: SeededRandom

    /// Of how many choices one is of time or a fault, where there is another.
    private static let rarity = 20

    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int {
        // They are the last in the usual order.
        let usual = enabled.count { $0.kind != .timer && $0.kind != .fault }
        let isRare = usual == 0 || usual < enabled.count && random.below(Self.rarity) == 0
        let range = isRare ? usual..<enabled.count : 0..<usual
        return range.count == 1 ? range.lowerBound : Int.random(in: range, using: &random)
    }
}

/// The order of an earlier run: the first message of it that waits. What never waits is passed over, so that the order
/// of a run is one for its parts, too.
struct EarlierOrder: MessageChooser {
    private var labels: [String]

    init(_ labels: [String]) { self.labels = labels }

    mutating func choose(_ enabled: [GatedMessage], step: Int) -> Int {
        for (place, label) in labels.enumerated() {
            guard let index = enabled.firstIndex(where: { $0.label == label }) else { continue }
            labels.remove(at: place)
            return index
        }
        return 0
    }
}
