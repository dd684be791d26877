import Checking
import History

// How many operations a second the streaming checks take, for ever, and what memory that needs.
//
//     swift run -c release streaming-benchmark                     1,000,000 and 10,000,000 operations
//     swift run -c release streaming-benchmark --large             100,000,000 too
//     swift run -c release streaming-benchmark linearizable        one check only
//     swift run -c release streaming-benchmark --keys 100          with so many keys only

var arguments = Array(CommandLine.arguments.dropFirst())
let isLarge = arguments.contains("--large")
arguments.removeAll { $0 == "--large" }
var keyCounts = [1, 100, 100_000]
if let place = arguments.firstIndex(of: "--keys") {
    guard place + 1 < arguments.count, let keys = Int(arguments[place + 1]), keys > 0 else {
        print("--keys wants a number of keys, at least 1")
        exit(code: 64)
    }
    keyCounts = [keys]
    arguments.removeSubrange(place...place + 1)
}
let known = streamingChecks(OperationNames(keys: [])).map(\.name)
if let wrong = arguments.first(where: { !known.contains($0) }) {
    print("unknown argument \(wrong); there are --large, --keys and \(known.joined(separator: ", "))")
    exit(code: 64)
}
for keys in keyCounts {
    print(
        "\(keys) key(s), 50 clients; operations/s, time in multiples of making the operations, peak memory of the "
            + "process"
    )
    for size in [1_000_000, 10_000_000] + (isLarge ? [100_000_000] : []) {
        measure(size, keys: keys, only: arguments)
    }
}
