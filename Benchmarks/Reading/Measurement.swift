import History

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder of this process alone.
struct TemporaryFolder {
    private let name: String

    init() {
        var template = Array("/tmp/reading-benchmark-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder could be made") }
        name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func path(_ file: String) -> String { "\(name)/\(file)" }

    func remove() {
        for file in ["history.jsonl", "history.txt", "history.edn"] { unlink(path(file)) }
        rmdir(name)
    }
}

func measureFormat(_ title: String, _ format: HistoryFormat, path: String, history: History) throws {
    let writing = try best { try history.write(to: path, format: format) }
    row("\(title), writing", writing, bytes: fileSize(path), history.operations.count, plain: nil)
    try measureReading(title, path: path)
}

func measureReading(_ title: String, path: String) throws {
    let size = fileSize(path)
    // In turns, so that a slow moment of the machine does not meet only one of them.
    var plain = Int64.max
    var reading = Int64.max
    var operations = 0
    for _ in 0..<5 {
        plain = min(plain, time { _ = countLines(path) })
        reading = try min(
            reading,
            time {
                var reader = try HistoryReader(path: path)
                operations = 0
                while try reader.next() != nil { operations += 1 }
            })
    }
    row("\(title), plain reading", plain, bytes: size, nil, plain: nil)
    row("\(title), reading", reading, bytes: size, operations, plain: plain)
    let loading = try best { _ = try History(contentsOf: path) }
    row("\(title), History(contentsOf:)", loading, bytes: size, operations, plain: plain)
}

func best(_ body: () throws -> Void) rethrows -> Int64 {
    var shortest = Int64.max
    for _ in 0..<5 { shortest = try min(shortest, time(body)) }
    return shortest
}

private func time(_ body: () throws -> Void) rethrows -> Int64 {
    let start = MonotonicClock.now()
    try body()
    return max(1, MonotonicClock.now() - start)
}

private func row(_ title: String, _ nanoseconds: Int64, bytes: Int, _ operations: Int?, plain: Int64?) {
    let megabytes = Double(bytes) * 1_000 / Double(nanoseconds)
    var text = title.padded(34) + "\(Int(megabytes)) MB/s".padded(14)
    if let operations {
        text += "\(Int(Double(operations) * 1e9 / Double(nanoseconds)) / 1_000) k operations/s".padded(24)
    }
    if let plain { text += "\(Int(Double(nanoseconds) / Double(plain) * 10)) tenths of plain reading" }
    print(text)
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

private func countLines(_ path: String) -> Int {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var lines = 0
    while true {
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return lines }
        // The compiler makes vector instructions of it.
        lines += buffer.withUnsafeBufferPointer { bytes in
            var found = 0
            for index in 0..<count where bytes[index] == UInt8(ascii: "\n") { found &+= 1 }
            return found
        }
    }
}

private func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
