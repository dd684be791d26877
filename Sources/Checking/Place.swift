import History

/// One copy of a layer: the L1 of a worker, the L2 of an instance, the L3 of a host, the Redis of the cluster.
struct Place: Hashable, Sendable {
    let layer: Layer
    /// The worker, instance or host; 0 for what all share.
    let owner: Int32

    /// - Parameter hosts: which host each instance runs on; without it all share one.
    init(_ layer: Layer, of operation: Operation, hosts: [Int32: Int32]) {
        self.layer = layer
        owner = switch layer {
        case .l1: operation.worker
        case .l2: operation.instance
        case .l3: hosts[operation.instance] ?? 0
        case .redis, .origin: 0
        }
    }
}
