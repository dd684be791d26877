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

func streamingChecks(_ names: OperationNames) -> [any StreamingCheck] {
    [
        StreamingLinearizableByVersions(names: names),
        StreamingFreshAfterInvalidation(names: names, instances: [0, 1, 2]),
        StreamingBoundedStaleness(names: names, limit: 1_000), StreamingSessions(names: names),
    ]
}

/// Prints one row for making the operations alone, and one for each check.
func measure(_ size: Int, keys: Int, only: [String]) {
    forgetPeak()
    let alone = nanoseconds {
        var newest: Int64 = 0
        for operation in OperationSource(keys: keys, count: size) { newest = max(newest, operation.version) }
        precondition(newest > 0)
    }
    print(row("n = \(size)", "making the operations", size, alone, alone, retained: nil))
    let names = OperationNames(keys: (0..<keys).map { "key \($0)" })
    for check in streamingChecks(names) where only.isEmpty || only.contains(check.name) {
        measure(check, size, keys: keys, alone)
    }
}

private func measure(_ check: some StreamingCheck, _ size: Int, keys: Int, _ alone: Int64) {
    forgetPeak()
    var check = check
    let time = nanoseconds {
        do {
            for operation in OperationSource(keys: keys, count: size) { try check.observe(operation) }
        } catch {
            print(error)
            exit(code: 70)
        }
    }
    let retained = check.retained
    let verdict = check.finish().verdict
    print(row("", "\(check.name) (\(verdict))", size, time, alone, retained: retained))
}

private func nanoseconds(_ body: () -> Void) -> Int64 {
    let start = MonotonicClock.now()
    body()
    return max(1, MonotonicClock.now() - start)
}

/// Makes the peak of the process what it uses now, where the system can.
private func forgetPeak() {
    #if os(Linux)
        // What earlier measurements freed must go back to the system first. The function is not among those that Swift
        // imports.
        if let function = dlsym(dlopen(nil, RTLD_NOW), "malloc_trim") {
            typealias Trim = @convention(c) (Int) -> Int32
            _ = unsafeBitCast(function, to: Trim.self)(0)
        }
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    #endif
}

/// The most memory that was resident, in kibibytes; `nil` where the system does not say.
private func peak() -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        if text.hasPrefix("VmHWM:") { return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } }
    }
    return nil
}

private func row(
    _ first: String, _ name: String, _ size: Int, _ time: Int64, _ alone: Int64, retained: Int?
) -> String {
    func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func filled(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
    let thousands = Int(Double(size) / Double(time) * 1_000_000)
    let tenths = Int(Double(time) / Double(alone) * 10)
    let memory = peak().map { "\($0 / 1_024).\($0 % 1_024 * 10 / 1_024) MiB" } ?? ""
    return filled(first, 16) + filled(name, 34) + padded("\(thousands / 1_000).\(thousands % 1_000 / 100) M/s", 10)
        + padded("\(tenths / 10).\(tenths % 10) ×", 9) + padded(memory, 14)
        + (retained.map { padded("\($0) retained", 20) } ?? "")
}
