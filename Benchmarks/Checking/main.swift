import Checking
import History

// How the checks grow with the history, against the cost of sorting the same operations by start.
//
//     swift run -c release checking-benchmark            1,000 to 1,000,000 operations
//     swift run -c release checking-benchmark --large    10,000,000 too
//     swift run -c release checking-benchmark --all      every check, not only those of linearizability

let arguments = CommandLine.arguments.dropFirst()
if let wrong = arguments.first(where: { !["--large", "--all"].contains($0) }) {
    print("unknown argument \(wrong); there are --large and --all")
    exit(code: 64)
}
let sizes = [1_000, 10_000, 100_000, 1_000_000] + (arguments.contains("--large") ? [10_000_000] : [])
for keys in [1, 100] {
    print("\(keys) key(s), 50 clients; best time of several, ratio to sorting, peak memory of the check alone")
    for size in sizes { measure(size, keys: keys, everything: arguments.contains("--all")) }
}
