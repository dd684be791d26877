import Checking
import History
import Scenarios
import Testing

@testable import Judging

@Suite("A timeline tells what happened around a violation, and what layers held")
struct ViolationTimelineTests {
    /// A read loads version 1 and puts it into L2 when instance 1 has written version 2; the next read is given it.
    static let stale = History(
        operations: [
            Operation(id: 1, kind: .write, instance: -1, key: 0, version: 1, start: 0, end: 10),
            Operation(
                id: 2, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .origin, start: 100, end: 200),
            Operation(id: 3, kind: .load, instance: 1, worker: 1, key: 0, version: 1, start: 110, end: 120),
            Operation(
                id: 4, kind: .write, instance: 0, worker: 0, key: 0, version: 2, scope: .cluster, start: 130, end: 160),
            Operation(id: 5, kind: .apply, instance: 1, key: 0, start: 140, end: 150, cause: 4),
            Operation(
                id: 6, kind: .fill, instance: 1, worker: 1, key: 0, version: 1, layer: .l2, source: .origin, start: 180,
                end: 190),
            Operation(
                id: 7, kind: .read, instance: 1, worker: 2, key: 0, version: 1, layer: .l2, start: 210, end: 220),
            Operation(
                id: 8, kind: .read, instance: 1, worker: 2, key: 1, version: 1, layer: .l2, start: 211, end: 221),
        ], keys: ["k", "other"])

    static func timeline(
        of history: History, faults: [FaultRecord] = [], hosts: [Int] = []
    ) throws -> ViolationTimeline {
        let report = FreshAfterInvalidation().examine(history)
        let timelines = ViolationTimeline.all(of: report.violations, in: history, faults: faults, hosts: hosts)
        return try #require(timelines.first)
    }

    private func held(_ place: TimelinePlace, _ timeline: ViolationTimeline) -> [String] {
        timeline.holdings.filter { $0.place == place }.map { "\($0.first)-\($0.end) \($0.content.text)" }
    }

    @Test("Steps are in order of time, and count it from the first operation of the proof")
    func steps() throws {
        let timeline = try Self.timeline(of: Self.stale)
        #expect(timeline.key == "k" && timeline.omitted == 0)
        #expect(
            timeline.steps.prefix(3).map { "\($0.time) \($0.place?.title ?? ""): \($0.text)" } == [
                "-120 set-up: writes \"k\": version 1", "-30 instance 2, worker 1: begins to read \"k\"",
                "-10 instance 2, worker 1: loads version 1 from the origin",
            ])
        let texts = timeline.steps.map(\.text)
        #expect(texts.contains("is given version 1 from L2") || texts.contains("reads \"k\" from L2: version 1"))
        #expect(timeline.steps.map(\.time) == timeline.steps.map(\.time).sorted())
        #expect(!texts.contains { $0.contains("other") })
        #expect(timeline.deeds.compactMap(\.number) == [1, 2])
        let proof = timeline.deeds.filter { $0.number != nil }
        #expect(proof.map(\.operation.id) == [4, 7])
        #expect(proof[0].first < proof[0].last)
    }

    @Test("What a layer holds is what it was filled with, older once something newer is written")
    func holdings() throws {
        let timeline = try Self.timeline(of: Self.stale)
        let fill = try #require(timeline.deeds.first { $0.operation.id == 6 })
        let write = try #require(timeline.deeds.first { $0.operation.id == 4 })
        let count = timeline.steps.count
        #expect(held(.l2(1), timeline) == ["\(fill.last)-\(count) version 1, older than 2"])
        #expect(held(.origin, timeline).last == "\(write.last)-\(count) version 2")
        #expect(timeline.holdings.first { $0.place == .l2(1) }?.evidence == "filled from the origin")
        #expect(timeline.holdings.first { $0.place == .l2(1) }?.content.isStale == true)
    }

    @Test("An invalidation that is applied empties layers of its instance, and no layer of another")
    func applying() {
        var holder = LayerHolder(TimelinePlaces(hosts: [0, 1]), causes: [:], operations: Self.stale.operations)
        func fill(_ layer: Layer, instance: Int32, version: Int64 = 1) -> Operation {
            Operation(
                id: 9, kind: .fill, instance: instance, worker: instance, key: 0, version: version, layer: layer,
                source: .redis, start: 0, end: 0)
        }
        for instance in [Int32(0), 1] {
            for layer in [Layer.l1, .l2, .l3] { holder.apply(fill(layer, instance: instance), at: 1) }
        }
        holder.apply(Self.stale.operations[4], at: 2)
        holder.apply(fill(.l2, instance: 1, version: 2), at: 3)
        // Again: what is not older than the write stays.
        holder.apply(Self.stale.operations[4], at: 4)
        holder.finish(at: 5)
        func texts(_ place: TimelinePlace) -> [String] {
            holder.holdings.filter { $0.place == place }.map { "\($0.first)-\($0.end) \($0.content.text)" }
        }
        #expect(texts(.l1(instance: 0, worker: 0)) == ["1-5 version 1"])
        #expect(texts(.l2(0)) == ["1-5 version 1"])
        #expect(texts(.l3(0)) == ["1-5 version 1"])
        #expect(texts(.l1(instance: 1, worker: 1)) == ["1-2 version 1", "2-5 nothing"])
        #expect(texts(.l2(1)) == ["1-2 version 1", "2-3 nothing", "3-5 version 2"])
        #expect(texts(.l3(1)) == ["1-2 version 1", "2-5 nothing"])
    }

    @Test("What a layer is seen to hold counts, whatever it should have dropped")
    func seeing() {
        var holder = LayerHolder(TimelinePlaces(hosts: []), causes: [:], operations: Self.stale.operations)
        let read = Self.stale.operations.first { $0.id == 7 }!
        holder.apply(Self.stale.operations[3], at: 1)
        holder.apply(read, at: 2)
        holder.apply(read, at: 3)
        let eviction = Operation(kind: .evict, instance: 1, layer: .l2, start: 300, end: 300)
        holder.apply(eviction, at: 4)
        holder.finish(at: 5)
        let l2 = holder.holdings.filter { $0.place == .l2(1) }
        #expect(l2.map(\.content.text) == ["version 1, older than 2", "nothing"])
        #expect(l2.map(\.evidence) == ["a read was given it", "distrusted"])
    }

    @Test("What was held before the first step is known from what happened before it")
    func before() throws {
        var operations = Self.stale.operations
        // Long ago: a fill that was dropped again, and one that was not.
        operations += [
            Operation(
                id: 20, kind: .fill, instance: 0, worker: 0, key: 0, version: 1, layer: .l2, source: .origin, start: 20,
                end: 21),
            Operation(
                id: 21, kind: .fill, instance: 2, worker: 5, key: 0, version: 1, layer: .l2, source: .origin, start: 20,
                end: 21),
            Operation(id: 22, kind: .invalidate, instance: 0, worker: 0, key: 0, scope: .instance, start: 22, end: 23),
        ]
        let timeline = try Self.timeline(of: History(operations: operations, keys: Self.stale.keys))
        #expect(held(.l2(0), timeline).first?.hasPrefix("0-") == true)
        #expect(held(.l2(0), timeline).first?.hasSuffix("nothing") == true)
        #expect(held(.l2(2), timeline).first?.hasSuffix("version 1") == true)
        #expect(timeline.holdings.first { $0.place == .l2(2) }?.evidence == "before this: filled from the origin")
    }

    @Test("A fault in force is among the steps where it begins or ends among them")
    func faults() throws {
        var begins = FaultRecord(Fault(.crash(.kept), of: .redis, during: ["work"], until: nil))
        (begins.start, begins.end) = (155, 185)
        var over = FaultRecord(Fault(.pause, of: .redis, during: ["work"], until: nil))
        (over.start, over.end) = (-2, -1)
        let timeline = try Self.timeline(of: Self.stale, faults: [over, begins])
        #expect(timeline.faults.count == 1)
        let fault = try #require(timeline.faults.first)
        #expect(fault.first < fault.last)
        #expect(timeline.steps[fault.first].text.hasSuffix("begins"))
        #expect(timeline.steps[fault.first].place == nil && timeline.steps[fault.first].deed == nil)
        #expect(timeline.steps[fault.last].text.hasSuffix("ends"))
    }

    @Test("Of many operations the latest are told, and how many are not; the proof always is")
    func bounded() throws {
        var operations = Self.stale.operations
        for index in 0..<10_000 {
            let start = 161 + Int64(index % 40)
            operations.append(
                Operation(
                    id: Int64(index) + 100, kind: .read, instance: Int32(index % 90), worker: Int32(index % 90) + 10,
                    key: 0, version: 2, layer: .origin, start: start, end: start + 1))
        }
        let timeline = try Self.timeline(of: History(operations: operations, keys: Self.stale.keys))
        #expect(timeline.deeds.count <= ViolationTimeline.limit + 64)
        #expect(timeline.omitted + timeline.deeds.count >= 10_000)
        #expect(timeline.deeds.compactMap(\.number) == [1, 2])
        let workers = Set(timeline.deeds.map(\.operation.worker).filter { $0 >= 0 })
        #expect(workers.count <= ViolationTimeline.workerLimit)
    }

    @Test("Of what is left of a history, only the proof and its explanation are told")
    func withoutHistory() throws {
        let report = FreshAfterInvalidation().examine(Self.stale)
        let rest = History(operations: [], keys: Self.stale.keys)
        let timeline = try #require(ViolationTimeline.all(of: report.violations, in: rest).first)
        #expect(timeline.deeds.compactMap(\.number) == [1, 2])
        #expect(timeline.key == "k")
    }

    @Test("Operations that never end, and times at the ends of 64 bits, have their place")
    func extremes() throws {
        let proof = [
            Operation(id: 1, kind: .write, instance: 0, worker: 0, key: 0, version: 1, start: .min, end: .max),
            Operation(id: 2, kind: .read, instance: 1, worker: 1, key: 0, value: 5, layer: .l1, start: .max, end: .max),
            Operation(id: 3, kind: .gauge, instance: 1, key: 7, value: 5, start: 0, end: 0),
        ]
        let violation = Violation(rule: "A rule.", operations: proof, explanation: "")
        let history = History(operations: proof, keys: ["k"])
        var fault = FaultRecord(Fault(.pause, of: .redis, during: ["work"], until: nil))
        (fault.start, fault.end) = (.max, .max)
        let timeline = try #require(
            ViolationTimeline.all(of: [violation], in: history, faults: [fault], since: .max).first)
        #expect(timeline.deeds.count == 3)
        #expect(timeline.deeds[0].isOpen && timeline.deeds[0].last == timeline.steps.count - 1)
        #expect(timeline.key == nil && timeline.holdings.isEmpty)
        let none = Violation(rule: "A rule.", operations: [], explanation: "")
        #expect(ViolationTimeline.all(of: [none], in: history).first?.steps == [])
    }

    @Test("A write that nothing happened during is one step; one that something did has two")
    func edges() throws {
        let timeline = try Self.timeline(of: Self.stale)
        let last = try #require(timeline.deeds.last)
        #expect(last.operation.id == 7 && last.first == last.last)
        #expect(timeline.steps[last.first].text == "reads \"k\" from L2: version 1")
        let write = try #require(timeline.deeds.first { $0.operation.id == 4 })
        #expect(timeline.steps[write.first].text == "begins to write \"k\"")
        #expect(timeline.steps[write.last].text == "has written version 2")
    }
}
