import History

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// How fast recorded histories are read and written, against reading the same file and counting its lines.
//
//     swift run -c release reading-benchmark            500,000 operations
//     swift run -c release reading-benchmark 2000000    that many

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count <= 1, let size = Int(arguments.first ?? "500000"), size > 0 else {
    print("expected at most one argument, the number of operations")
    exit(64)
}
let folder = TemporaryFolder()
do {
    let sample = SampleHistory(operations: size)
    print(
        "\(size) operations, files in the page cache; the best of 5, one thread; ratio of the time to that of plain "
            + "reading"
    )
    try measureFormat("JSON Lines", .jsonLines, path: folder.path("history.jsonl"), history: sample.versions)
    try measureFormat("register text", .registerText, path: folder.path("history.txt"), history: sample.values)
    sample.writeEDN(to: folder.path("history.edn"))
    try measureReading("EDN", path: folder.path("history.edn"))
} catch {
    print(error)
    folder.remove()
    exit(70)
}
folder.remove()
