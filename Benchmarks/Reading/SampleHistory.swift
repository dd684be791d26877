import History
import Simulation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A history like those that are recorded: 50 workers, 1,000 keys, one write in ten operations.
struct SampleHistory {
    /// With versions, layers and instances.
    private(set) var versions: History
    /// The same reads and writes of a register with unique values.
    private(set) var values: History

    init(operations count: Int) {
        var random = SeededRandom(seed: 1)
        let keys = (0..<1_000).map { "permissions:\($0)" }
        var latest = [Int64](repeating: 1, count: keys.count)
        var versions: [Operation] = []
        var values: [Operation] = []
        for index in 0..<count {
            let worker = Int32(index % 50)
            let key = Int32(truncatingIfNeeded: random.next() % 1_000)
            let isWrite = random.next() % 10 == 0
            if isWrite { latest[Int(key)] += 1 }
            let start = 5_123_456_789_000 + Int64(index) * 400
            let id = Int64(worker) * 1_000_000_000_000 + Int64(index / 50) + 1
            let end = start + 300 + Int64(random.next() % 30_000)
            versions.append(
                Operation(
                    id: id, kind: isWrite ? .write : .read, instance: worker / 10, worker: worker, key: key,
                    version: latest[Int(key)], layer: isWrite ? .origin : Layer.caches[Int(random.next() % 4)],
                    scope: isWrite ? .cluster : .none, start: start, end: end))
            values.append(
                Operation(
                    id: Int64(index) + 1, kind: isWrite ? .write : .read, worker: worker, key: key,
                    value: latest[Int(key)],
                    start: start, end: end))
        }
        self.versions = History(operations: versions, keys: keys)
        self.values = History(operations: values, keys: keys)
    }

    /// The values as Jepsen would have written them.
    func writeEDN(to path: String) {
        guard let file = fopen(path, "w") else { return }
        defer { fclose(file) }
        for (index, operation) in values.operations.enumerated() {
            let function = operation.kind == .read ? ":read" : ":write"
            let key = "\"\(values.keys[Int(operation.key)])\""
            let invoked = operation.kind == .read ? "nil" : "\(operation.value)"
            for (type, value, time) in [
                (":invoke", invoked, operation.start), (":ok", "\(operation.value)", operation.end),
            ] {
                let isEnd = type == ":ok"
                fputs(
                    "{:type \(type), :f \(function), :value [\(key) \(value)], :time \(time), :process "
                        + "\(operation.worker), "
                        + ":index \(index * 2 + (isEnd ? 1 : 0))}\n", file)
            }
        }
    }
}
