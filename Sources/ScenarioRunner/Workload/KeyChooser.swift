import Foundation
import Scenarios
import Simulation

/// Picks keys as a mix declares: all alike, or few of them most of the time.
struct KeyChooser: Sendable {
    let keys: [KeyInUse]
    /// For a Zipf distribution: the sums of the weights 1 / rank^skew up to each key.
    private let cumulative: [Double]?

    init(keys: [KeyInUse], distribution: Mix.Distribution) {
        self.keys = keys
        switch distribution {
        case .uniform: cumulative = nil
        case .zipf(let skew):
            var sum = 0.0
            cumulative = keys.indices.map { rank in
                sum += 1 / pow(Double(rank + 1), skew)
                return sum
            }
        }
    }

    /// O(1), or O(log n) for a Zipf distribution.
    func next(_ generator: inout SeededRandom) -> KeyInUse {
        guard let cumulative, let total = cumulative.last else {
            return keys[Int.random(in: 0..<keys.count, using: &generator)]
        }
        let point = Double.random(in: 0..<total, using: &generator)
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return keys[low]
    }
}
