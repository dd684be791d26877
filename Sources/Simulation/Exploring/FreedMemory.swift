import CSimulation

extension Simulation {
    /// Has the process keep the memory that it frees, to use it again; from now on, for whatever it does.
    ///
    /// Each run of an exploration needs as much memory as the one before, and gives all of it back. Where the system takes it
    /// back each time, a tenth of the time is spent on handing out the same pages again. Without effect where the allocator
    /// has no such setting.
    package static func keepFreedMemory() { simulation_keep_freed_memory() }
}
