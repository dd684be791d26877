import Checking
import History

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func exit(code: Int32) -> Never { exit(code) }

/// Small histories are measured more often, as chance weighs more there.
func rounds(_ size: Int) -> Int { size <= 10_000 ? 50 : size <= 100_000 ? 9 : 5 }

/// Prints one row for each check.
func measure(_ size: Int, keys: Int, everything: Bool) {
    let history = SyntheticHistory(operations: size, keys: keys, clients: 50, seed: 1)
    // Sorting starts from the order in which a recorder has the operations: worker after worker.
    let recorded = history.byWorker
    let sorting = best(of: rounds(size)) {
        var sorted = recorded
        sorted.sort { ($0.start, $0.id) < ($1.start, $1.id) }
        return sorted.count
    }
    let shuffled = history.shuffled
    let sortingShuffled = best(of: rounds(size)) {
        var sorted = shuffled
        sorted.sort { ($0.start, $0.id) < ($1.start, $1.id) }
        return sorted.count
    }
    var checks: [any Check] = [LinearizableByVersions()]
    if everything {
        checks += [
            FreshAfterInvalidation(), Sessions(), BoundedStaleness(), Convergence(), Expiry(lifetimes: [:]), Tags(),
            Loads(),
        ]
    }
    print(row("n = \(size)", "sorting", sorting.nanoseconds, 1, nil))
    print(row("", "sorting, shuffled", sortingShuffled.nanoseconds, ratio(sortingShuffled, sorting), nil))
    for check in checks { measure(check, on: history.versions, sorting) }
    measure(LinearizableByZones(), on: history.values, sorting)
}

private func measure(_ check: some Check, on history: History, _ sorting: Timing) {
    let timing = best(of: rounds(history.operations.count)) { check.examine(history).examined }
    let verdict = check.examine(history).verdict
    let size = max(history.operations.count, 1)
    // Pages and the allocator's own habits hide what a small history needs.
    let bytes = size >= 100_000 ? timing.bytes.map { $0 / size } : nil
    print(row("", "\(check.name) (\(verdict))", timing.nanoseconds, ratio(timing, sorting), bytes))
}

struct Timing {
    var nanoseconds: Int64
    /// How much the memory in use rose at the most, in bytes; `nil` if it cannot be seen here.
    var bytes: Int?
}

private func ratio(_ timing: Timing, _ other: Timing) -> Double {
    Double(timing.nanoseconds) / Double(max(other.nanoseconds, 1))
}

private func best(of rounds: Int, _ body: () -> Int) -> Timing {
    var best = Int64.max
    for _ in 0..<rounds {
        let start = MonotonicClock.now()
        let result = body()
        best = min(best, MonotonicClock.now() - start)
        precondition(result >= 0)
    }
    return Timing(nanoseconds: best, bytes: peakGrowth(body))
}

/// How many bytes the greatest amount of resident memory rose by; `nil` where the system does not say.
private func peakGrowth(_ body: () -> Int) -> Int? {
    #if os(Linux)
        // What earlier measurements freed must go back to the system first, or this one would take it unseen. The function
        // is not among those that Swift imports.
        if let function = dlsym(dlopen(nil, RTLD_NOW), "malloc_trim") {
            typealias Trim = @convention(c) (Int) -> Int32
            _ = unsafeBitCast(function, to: Trim.self)(0)
        }
        guard let reset = fopen("/proc/self/clear_refs", "w") else { return nil }
        fputs("5", reset)
        fclose(reset)
        guard let before = statusLine("VmRSS") else { return nil }
        precondition(body() >= 0)
        guard let peak = statusLine("VmHWM") else { return nil }
        return max(0, peak - before) * 1_024
    #else
        return nil
    #endif
}

private func statusLine(_ name: String) -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        if text.hasPrefix("\(name):") { return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } }
    }
    return nil
}

private func row(_ first: String, _ name: String, _ nanoseconds: Int64, _ ratio: Double, _ bytes: Int?) -> String {
    func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let hundredths = nanoseconds / 10_000
    let milliseconds = "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst())"
    let share = Int((ratio * 100).rounded())
    let times = "\(share / 100).\(String(share % 100 + 100).dropFirst())"
    let memory = bytes.map { "\($0) B/op" } ?? ""
    return first.padding(to: 14) + name.padding(to: 34) + padded(milliseconds, 10) + " ms" + padded(times, 8) + " ×"
        + padded(memory, 14)
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
