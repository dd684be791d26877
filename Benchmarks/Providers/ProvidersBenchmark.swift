import CacheHierarchy
import CacheProviders
import Foundation
import History

/// Compares 100 reads of decoded records from the cache with 100 reads of their files: open, read and decode.
///
/// It prints medians of several rounds in one run. It reads the files twice: *cold*, after the system has dropped their
/// pages, and *warm*, from the page cache.
@main
struct ProvidersBenchmark {
    static let reads = 100
    static let rounds = 15
    /// Cached reads are too short to be timed a hundred at a time.
    static let repetitions = 1_000
    /// The ratio that is asked for, of cold files.
    static let target = 300.0

    static func main() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.currentDirectoryPath
        let place = "\(folder)/.providers-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let files = RecordFiles(folder: place)
        let provider = try await HierarchyProvider.start(
            ProviderSettings(.memory, storagePath: "\(place)/records.sqlite"))
        let session = provider.makeSession()
        let decoder = JSONDecoder()
        var size = 0
        for number in 0..<reads {
            let bytes = Array(try JSONEncoder().encode(ServiceRecord(id: number)))
            size += bytes.count
            try files.store(bytes, number)
            try await session.write("record-\(number)", bytes, tags: [])
        }
        let reader = DecodedReader(session) { try decoder.decode(ServiceRecord.self, from: Data($0)) }
        var rows: [Round] = []
        for _ in 0..<rounds { rows.append(try await round(files, reader, decoder)) }
        await provider.close()
        print("\(reads) records, \(size / reads) bytes of JSON each, in \(folder); medians of \(rounds) rounds\n")
        report(rows)
    }

    /// Nanoseconds for ``reads`` reads.
    private struct Round {
        let cached: Double
        let warm: Double
        let cold: Double
        let pagesLeft: Int
    }

    private nonisolated(nonsending) static func round(
        _ files: RecordFiles, _ reader: DecodedReader<ServiceRecord>, _ decoder: JSONDecoder
    ) async throws -> Round {
        let keys = (0..<reads).map { "record-\($0)" }
        // Whatever is not in L1 is brought there first.
        for (number, key) in keys.enumerated() {
            guard try await reader.read(key)?.id == number else {
                throw RecordFiles.Failure(description: "lost \(key)")
            }
        }
        var sum = 0
        var clock = Stopwatch()
        for _ in 0..<repetitions {
            for key in keys { sum += try await reader.read(key)?.id ?? 0 }
        }
        let cached = clock.lap() / Double(repetitions)
        guard sum == repetitions * (0..<reads).reduce(0, +) else {
            throw RecordFiles.Failure(description: "wrong values")
        }
        var pagesLeft = 0
        for number in 0..<reads { pagesLeft += try files.evict(number) }
        clock = Stopwatch()
        for number in 0..<reads { sum += try files.load(number, decoder).id }
        let cold = clock.lap()
        for number in 0..<reads { sum += try files.load(number, decoder).id }
        let warm = clock.lap()
        return Round(cached: cached, warm: warm, cold: cold, pagesLeft: pagesLeft)
    }

    private static func report(_ rows: [Round]) {
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let cached = median(rows.map(\.cached))
        print("| read | µs a read | × a cached read, median | lowest round |")
        print("| --- | --- | --- | --- |")
        print("| cached: L1, decoded | \(micros(cached)) | 1 | |")
        var coldRatio = 0.0
        for (name, part) in [("file, cold", \Round.cold), ("file, warm page cache", \Round.warm)] {
            let ratios = rows.map { $0[keyPath: part] / $0.cached }
            if part == \Round.cold { coldRatio = median(ratios) }
            let time = micros(median(rows.map { $0[keyPath: part] }))
            print("| \(name) | \(time) | \(Int(median(ratios))) | \(Int(ratios.min() ?? 0)) |")
        }
        let pages = rows.map(\.pagesLeft).max() ?? 0
        print("\npages of the files still in memory before the cold reads (mincore), most of all rounds: \(pages)")
        let verdict = pages > 0 ? "unknown: they were not cold" : coldRatio >= target ? "met" : "missed"
        print("target: cold at least \(Int(target))×, median: \(verdict)")
    }

    private static func micros(_ nanoseconds: Double) -> String {
        let value = nanoseconds / Double(reads) / 1_000
        return String(format: "%.3f", value)
    }
}

/// Time since the last look.
struct Stopwatch {
    private var start = ContinuousClock.now

    /// Nanoseconds.
    mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { start = now }
        return (now - start) / .nanoseconds(1)
    }
}
