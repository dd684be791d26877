import CacheHierarchy
import Scenarios

/// The way of an instance to a shared tier that all instances of the process have in common: nothing can befall the way of
/// one alone, and scenarios that ask for it are refused when they are read.
struct CommonLink: InstanceLink {
    let shared: any SharedTier

    func stall(passing: Fault.Direction?) async {}
    func resume() async {}
    func disconnect() async {}
    func delay(by nanoseconds: Int64) async {}
    func sever() async {}
}
