import Scenarios

/// What became of one declared fault.
public struct FaultRecord: Sendable, Hashable {
    /// What was declared.
    public let fault: Fault
    /// When it began, the first time, and when it was over, the last time, in nanoseconds since the first phase began; `nil` if it did not.
    public package(set) var start: Int64?
    public package(set) var end: Int64?
    /// Whether anything was still to be done when it had begun. If not the run says nothing about it.
    public package(set) var tookEffect = false
    /// How often it began.
    public package(set) var times = 0
    /// Of each time that it ended, in nanoseconds, how long it took from then until every victim served from its own layers
    /// again and had announced what it owed. Live only.
    public package(set) var recoveries: [Int64] = []

    public init(_ fault: Fault) { self.fault = fault }
}
