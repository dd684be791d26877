/// Where a scenario runs.
public enum World: String, Sendable, Hashable, CaseIterable {
    /// Virtual time, seeded schedules, an in-memory Redis: a failure replays exactly from its seed.
    case simulated
    /// A real Redis, real disks, the real clock.
    case live
}
