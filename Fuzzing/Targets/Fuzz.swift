import Foundation
import History

/// The entry points of libFuzzer: one executable for all targets, which the environment variable `FUZZ` chooses from.
///
///     swift build --sanitize=fuzzer … --product fuzz    # Scripts/fuzz has the rest
///     FUZZ=edn .build-fuzzer/debug/fuzz Fuzzing/Corpus/edn
///
/// A target takes any bytes. It traps where a property does not hold, and libFuzzer then keeps the input.
enum Fuzz {
    static let targets: [String: @Sendable (UnsafeRawBufferPointer) -> Void] = [
        "replies": RepliesTarget.run,
        "json-lines": { HistoryTarget.run($0, format: .jsonLines) },
        "register-text": { HistoryTarget.run($0, format: .registerText) },
        "edn": { HistoryTarget.run($0, format: .edn) },
        "scenario": ScenarioTarget.run,
        "failure": FailureTarget.run,
    ]

    static let target: @Sendable (UnsafeRawBufferPointer) -> Void = {
        let name = ProcessInfo.processInfo.environment["FUZZ"] ?? ""
        guard let target = targets[name] else {
            let names = targets.keys.sorted().joined(separator: ", ")
            FileHandle.standardError.write(Data("fuzz: FUZZ is \"\(name)\"; expected one of \(names)\n".utf8))
            exit(64)
        }
        return target
    }()
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.target(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
