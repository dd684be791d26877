import CoreMetrics

/// The handler of a counter or a gauge.
final class Number: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let series: Series

    init(_ series: Series) { self.series = series }

    // A counter never decreases.
    func increment(by amount: Int64) { series.add(Double(max(0, amount))) }
    func increment(by amount: Double) { if amount > 0, amount.isFinite { series.add(amount) } }
    func reset() { series.set(0) }

    func set(_ value: Int64) { series.set(Double(value)) }
    func set(_ value: Double) { series.set(value) }
    func decrement(by amount: Double) { series.add(-amount) }

    func record(_ value: Int64) { series.set(Double(value)) }
    func record(_ value: Double) { series.set(value) }
}

/// The handler of a histogram.
final class Distribution: RecorderHandler, TimerHandler {
    private let series: Series

    init(_ series: Series) { self.series = series }

    func record(_ value: Int64) { series.record(Double(value)) }
    func record(_ value: Double) { if !value.isNaN { series.record(value) } }
    func recordNanoseconds(_ duration: Int64) { series.record(Double(duration) / 1e9) }
}
