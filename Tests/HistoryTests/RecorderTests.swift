import History
import Testing

@Suite("Recorder")
struct RecorderTests {
    @Test("Tracks give their operations an id, the instance and the worker")
    func logs() {
        let recorder = Recorder(keys: ["x"])
        let first = recorder.makeLog(instance: 0, worker: 1)
        let second = recorder.makeLog(instance: 2)
        let expected = second.nextID
        #expect(second.record(Operation(kind: .write, key: 0, version: 1, start: 5, end: 6)) == expected)
        first.record(Operation(kind: .read, key: 0, version: 1, start: 1, end: 9))
        let operations = recorder.history().operations
        #expect(operations.map(\.instance) == [0, 2])
        #expect(operations.map(\.worker) == [1, -1])
        #expect(operations[0].id != operations[1].id)
    }

    @Test("A name has one number, whichever log asks for it")
    func numbers() {
        let recorder = Recorder(keys: ["x", "y"])
        let first = recorder.makeLog(instance: 0, worker: 0)
        let second = recorder.makeLog(instance: 0, worker: 1)
        #expect(first.number(ofKey: "y") == 1)
        #expect(first.number(ofKey: "z") == 2)
        #expect(second.number(ofKey: "z") == 2)
        #expect(second.number(ofTags: []) == 0)
        #expect(first.number(ofTags: ["b", "a"]) == second.number(ofTags: ["a", "b"]))
        #expect(recorder.history().keys == ["x", "y", "z"])
        #expect(recorder.history().tagSets == [[], ["a", "b"]])
    }

    @Test("Names known beforehand keep their numbers when logs meet others")
    func knownNames() {
        let recorder = Recorder(keys: ["x"], tagSets: [["b", "a"], ["c"], ["a", "b"]])
        let logs = (0..<2).map { recorder.makeLog(instance: 0, worker: $0) }
        #expect(logs[0].number(ofKey: "y") == 1)
        #expect(logs[0].number(ofTags: ["d"]) == 3)
        for (index, log) in logs.enumerated() {
            #expect(log.number(ofKey: "x") == 0, "log \(index)")
            #expect(log.number(ofKey: "y") == 1, "log \(index)")
            #expect(log.number(ofTags: ["b", "a"]) == 1, "log \(index)")
            #expect(log.number(ofTags: ["a", "b"]) == 1, "log \(index)")
            #expect(log.number(ofTags: ["c"]) == 2, "log \(index)")
            #expect(log.number(ofTags: ["d"]) == 3, "log \(index)")
        }
        #expect(recorder.history().keys == ["x", "y"])
        #expect(recorder.history().tagSets == [[], ["a", "b"], ["c"], ["d"]])
    }

    @Test("A revision changes and removes operations before they are put in order")
    func revision() {
        let recorder = Recorder(keys: ["x"])
        let log = recorder.makeLog(instance: 0, worker: 0)
        for start in [30, 20, 10] as [Int64] {
            log.record(Operation(kind: .read, key: 0, version: start, start: start, end: start + 1))
        }
        let history = recorder.history { operations in
            operations.removeAll { $0.start == 20 }
            operations[0].start = 5
        }
        #expect(history.operations.map(\.version) == [30, 10])
        #expect(recorder.history().operations.map(\.version) == [10, 20, 30])
    }

    @Test("Workers record at the same time without losing or sharing anything")
    func concurrently() async {
        let recorder = Recorder()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                let log = recorder.makeLog(instance: 0, worker: Int32(worker))
                group.addTask {
                    log.reserve(1_000)
                    for _ in 0..<1_000 {
                        let key = log.number(ofKey: "key \(worker % 3)")
                        let start = MonotonicClock.now()
                        log.record(Operation(kind: .read, key: key, start: start, end: MonotonicClock.now()))
                    }
                }
            }
        }
        let history = recorder.history()
        #expect(history.operations.count == 8_000)
        #expect(Set(history.operations.map(\.id)).count == 8_000)
        #expect(Set(history.keys) == ["key 0", "key 1", "key 2"])
        #expect(history.operations.allSatisfy { $0.start <= $0.end })
    }

    @Test("A recording is freed when nobody holds it any more")
    func freed() {
        weak var log: WorkerLog?
        weak var recorder: Recorder?
        do {
            let own = Recorder(keys: ["a"])
            let ownLog = own.makeLog(instance: 0, worker: 0)
            ownLog.record(Operation(kind: .read, key: ownLog.number(ofKey: "b"), start: 1, end: 2))
            #expect(own.history().keys == ["a", "b"])
            log = ownLog
            recorder = own
        }
        #expect(log == nil)
        #expect(recorder == nil)
    }
}
