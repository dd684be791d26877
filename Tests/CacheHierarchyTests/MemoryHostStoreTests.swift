import CacheHierarchy
import Foundation
import TestSupport
import Testing

@Suite("L3 in memory does what L3 on the disk does", .computing)
struct MemoryHostStoreTests {
    /// What a step came to, in a form that can be compared.
    enum Answer: Equatable {
        case found(version: Int64, value: [UInt8]?, tags: [String], asOf: Int64, deadline: Int64)
        case nothing
        case refused
        case stored(evicted: [String])
        case applied
        case held([String])
        case many([Answer])

        init(_ entry: CacheEntry?) {
            self =
                entry.map {
                    .found(version: $0.version, value: $0.value, tags: $0.tags, asOf: $0.asOf, deadline: $0.deadline)
                } ?? .nothing
        }

        init(_ fill: HostFill) {
            self =
                switch fill {
                case .refused: .refused
                case .stored(let evicted): .stored(evicted: evicted.sorted())
                }
        }
    }

    enum Step: CustomStringConvertible {
        case read(String, now: Int64)
        case readMany([String], now: Int64)
        case fillMany([CacheEntry], ignoringFloors: Bool)
        case fill(CacheEntry, ignoringFloors: Bool)
        case apply([StampedInvalidation])
        case inspect([String], now: Int64)

        func perform(on store: some HostStore) async throws -> Answer {
            switch self {
            case .read(let key, let now): Answer(try await store.read(key, now: now))
            case .readMany(let keys, let now): .many(try await store.read(keys, now: now).map { Answer($0) })
            case .fillMany(let entries, let ignoring):
                .many(try await store.fill(entries, ignoringFloors: ignoring).map { Answer($0) })
            case .fill(let entry, let ignoring): Answer(try await store.fill(entry, ignoringFloors: ignoring))
            case .apply(let invalidations): try await Self.applied(store.apply(invalidations))
            case .inspect(let keys, let now): .held(try await store.inspect(keys, now: now).keys.sorted())
            }
        }

        private static func applied(_: Void) -> Answer { .applied }

        var description: String {
            switch self {
            case .read(let key, let now): "read \(key) at \(now)"
            case .readMany(let keys, let now): "read \(keys) at \(now)"
            case .fillMany(let entries, let ignoring):
                entries.map { Step.fill($0, ignoringFloors: ignoring).description }.joined(separator: ", ")
            case .fill(let entry, let ignoring):
                "fill \(entry.key) version \(entry.version) as of \(entry.asOf) until \(entry.deadline) \(entry.tags) \(ignoring)"
            case .apply(let invalidations): "apply \(invalidations)"
            case .inspect(let keys, let now): "inspect \(keys) at \(now)"
            }
        }
    }

    @Test("The same random steps get the same answers", arguments: 1...8 as ClosedRange<UInt64>)
    func differential(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "host-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let disk = try SQLiteHostStore(path: folder.appending(path: "l3.sqlite").path, capacity: 12)
        let memory = MemoryHostStore(capacity: 12)
        var random = Steps(seed: seed)
        var found = 0
        var refused = 0
        var evicted = 0
        var inBatches = (found: 0, refused: 0, evicted: 0)
        for number in 0..<1_500 {
            let step = random.next()
            let answers = (try await step.perform(on: disk), try await step.perform(on: memory))
            #expect(answers.0 == answers.1, "step \(number): \(step)")
            if answers.0 != answers.1 { return }
            if case .found = answers.0 { found += 1 }
            if answers.0 == .refused { refused += 1 }
            if case .stored(let keys) = answers.0 { evicted += keys.count }
            guard case .many(let parts) = answers.0 else { continue }
            for part in parts {
                if case .found = part { inBatches.found += 1 }
                if part == .refused { inBatches.refused += 1 }
                if case .stored(let keys) = part {
                    inBatches.evicted += keys.count
                    evicted += keys.count
                }
            }
        }
        // The steps must have met what they are about.
        #expect(found > 50)
        #expect(refused > 50)
        #expect(evicted > 10)
        #expect(inBatches.found > 50)
        #expect(inBatches.refused > 50)
        #expect(inBatches.evicted > 5)
    }

    /// Random steps over few keys, with time that moves on.
    struct Steps {
        private var random: Generator
        private var time: Int64 = 1

        init(seed: UInt64) { random = Generator(state: seed) }

        private func key(_ number: Int) -> String { "k\(number)" }
        private mutating func key() -> String { key(Int.random(in: 0..<30, using: &random)) }

        private mutating func entry(of key: String) -> CacheEntry {
            CacheEntry(
                key: key, version: Int64.random(in: 1...6, using: &random),
                value: Bool.random(using: &random) ? [1, 2, 3] : nil,
                tags: ["a", "b"].filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
                asOf: max(0, time - Int64.random(in: 0...20, using: &random)),
                deadline: time + Int64.random(in: 1...400, using: &random))
        }

        mutating func next() -> Step {
            time += Int64.random(in: 0...2, using: &random)
            let key = self.key()
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<3: return .read(key, now: time)
            case 3..<6: return .fill(entry(of: key), ignoringFloors: Int.random(in: 0..<20, using: &random) == 0)
            case 6: return .readMany((0..<Int.random(in: 0...5, using: &random)).map { _ in self.key() }, now: time)
            case 7..<10:
                let entries = (0..<Int.random(in: 0...5, using: &random)).map { _ in entry(of: self.key()) }
                return .fillMany(entries, ignoringFloors: Int.random(in: 0..<20, using: &random) == 0)
            case 10:
                let tags = Int.random(in: 0..<5, using: &random) == 0 ? ["a"] : []
                return .apply([
                    StampedInvalidation(
                        time: time,
                        invalidation: Invalidation(keys: [key], tags: tags, sender: "i", wantsAcknowledgement: false))
                ])
            default: return .inspect((0..<30).map { self.key($0) }, now: time)
            }
        }
    }

    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
