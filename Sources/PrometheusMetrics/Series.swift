import Support

/// One line of a metric, or all lines of one histogram.
final class Series: Sendable {
    /// The measured values.
    struct Values: Sendable {
        /// The value. For a histogram, the sum of all recorded values.
        var number = 0.0
        var count: Int64 = 0
        /// For each bucket, the number of values that are at most its bound and above the bound before.
        var inBuckets: [Int64]
    }

    let buckets: [Double]
    private let state: Lock<Values>

    init(buckets: [Double]) {
        self.buckets = buckets
        state = Lock(Values(inBuckets: Array(repeating: 0, count: buckets.count)))
    }

    var values: Values { state.withLock { $0 } }

    func add(_ amount: Double) { state.withLock { $0.number += amount } }
    func set(_ value: Double) { state.withLock { $0.number = value } }

    /// O(log n) in the number of buckets.
    func record(_ value: Double) {
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle] < value { low = middle + 1 } else { high = middle }
        }
        state.withLock { state in
            state.number += value
            state.count += 1
            if low < buckets.count { state.inBuckets[low] += 1 }
        }
    }
}

/// All series of one name.
struct Family: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    let kind: Kind
    let buckets: [Double]
    var series: [LabelSet: Series] = [:]

    init(kind: Kind, buckets: [Double]) {
        self.kind = kind
        self.buckets = buckets
    }
}

/// The dimensions of a series, ordered by name. If a name occurs twice, the last value counts.
struct LabelSet: Hashable, Sendable, Comparable {
    struct Pair: Hashable, Sendable {
        let name: String
        let value: String
    }

    let pairs: [Pair]

    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            // Only the name of a metric may contain a colon.
            values[PrometheusRegistry.name(name).replacing(":", with: "_")] = value
        }
        pairs = values.sorted { $0.key < $1.key }.map { Pair(name: $0.key, value: $0.value) }
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
