import History

/// Who or what takes part in a violation.
package enum TimelinePlace: Sendable, Hashable {
    /// What a worker does.
    case worker(instance: Int32, worker: Int32)
    /// The memory of one worker.
    case l1(instance: Int32, worker: Int32)
    /// What an instance does of itself.
    case instance(Int32)
    /// The memory of an instance.
    case l2(Int32)
    /// The disk of a host.
    case l3(Int32)
    case redis
    case origin
    /// What fills the origin before anybody reads.
    case setUp

    /// `worker 3`, `L1`, `L2`, `redis`: within its ``group``.
    package var name: String {
        switch self {
        case .worker(_, let worker): "worker \(worker)"
        case .l1(_, let worker): "L1 of worker \(worker)"
        case .instance: "its own work"
        case .l2: "L2"
        case .l3: "L3"
        case .redis: "redis"
        case .origin: "origin"
        case .setUp: "set-up"
        }
    }

    /// `instance 2`, `host 1`; empty for what all share. Instances are counted from 1, as in a scenario's file.
    package var group: String {
        switch self {
        case .worker(let instance, _), .l1(let instance, _), .instance(let instance), .l2(let instance):
            "instance \(Int64(instance) + 1)"
        case .l3(let host): "host \(Int64(host) + 1)"
        case .redis, .origin, .setUp: ""
        }
    }

    /// `instance 2, worker 3`, `L2 of instance 2`, `redis`.
    package var title: String {
        switch self {
        case .worker(_, let worker): "\(group), worker \(worker)"
        case .l1, .instance: "\(group), \(name)"
        case .l2, .l3: "\(name) of \(group)"
        case .redis, .origin, .setUp: name
        }
    }

    /// Whether it holds values, and does nothing.
    package var isLayer: Bool {
        switch self {
        case .l1, .l2, .l3, .redis, .origin: true
        case .worker, .instance, .setUp: false
        }
    }

    /// Instances first, each with its workers, then hosts, then what all share.
    var order: [Int64] {
        switch self {
        case .worker(let instance, let worker): [Int64(instance), 0, Int64(worker), 0]
        case .l1(let instance, let worker): [Int64(instance), 0, Int64(worker), 1]
        case .instance(let instance): [Int64(instance), 1]
        case .l2(let instance): [Int64(instance), 2]
        case .l3(let host): [Int64(Int32.max) + 1, Int64(host)]
        case .redis: [Int64(Int32.max) + 2]
        case .origin: [Int64(Int32.max) + 3]
        case .setUp: [Int64(Int32.max) + 4]
        }
    }
}

/// Where the operations of a run take place.
struct TimelinePlaces: Sendable {
    /// The host of each instance; of those that are not named it is host 0.
    let hosts: [Int]

    func host(of instance: Int32) -> Int32 {
        hosts.indices.contains(Int(instance)) ? Int32(clamping: hosts[Int(instance)]) : 0
    }

    /// Who did it.
    func actor(of operation: Operation) -> TimelinePlace {
        if operation.instance < 0 { return .setUp }
        return operation.worker >= 0
            ? .worker(instance: operation.instance, worker: operation.worker) : .instance(operation.instance)
    }

    /// The part of a layer that an operation reaches; `nil` if an instance reaches the memory of some worker, and it is
    /// not known which.
    func place(of operation: Operation, in layer: Layer) -> TimelinePlace? {
        switch layer {
        case .l1 where operation.worker < 0: nil
        case .l1: .l1(instance: operation.instance, worker: operation.worker)
        case .l2: .l2(operation.instance)
        case .l3: .l3(host(of: operation.instance))
        case .redis: .redis
        case .origin: .origin
        }
    }
}
