import History

/// One part of a layer: the L1 of a worker, the L2 of an instance, the L3 of a host, the one redis.
struct LayerCopy: Hashable {
    let layer: Layer
    let owner: Int32
    /// Set where the work of an instance itself touched an L1, so that the worker is not known.
    let instance: Int32
}

/// Which part of a layer an operation concerns.
struct LayerCopies {
    /// The host of each instance; those not named are on host 0.
    let hosts: [Int32: Int32]?

    /// The part of a layer that an operation of this instance and worker reaches.
    func place(of operation: Operation, in layer: Layer) -> LayerCopy {
        switch layer {
        case .l1 where operation.worker < 0: LayerCopy(layer: .l1, owner: -1, instance: operation.instance)
        case .l1: LayerCopy(layer: .l1, owner: operation.worker, instance: -1)
        case .l2: LayerCopy(layer: .l2, owner: operation.instance, instance: -1)
        case .l3: LayerCopy(layer: .l3, owner: hosts?[operation.instance] ?? 0, instance: -1)
        case .redis, .origin: LayerCopy(layer: layer, owner: 0, instance: -1)
        }
    }

    /// The parts in which an entry that the operation met may have been put. An L1 may also have been filled by the
    /// work of its instance, which names no worker.
    func candidates(for operation: Operation, in layer: Layer) -> [LayerCopy] {
        let place = place(of: operation, in: layer)
        guard layer == .l1, operation.worker >= 0 else { return [place] }
        return [place, LayerCopy(layer: .l1, owner: -1, instance: operation.instance)]
    }
}
