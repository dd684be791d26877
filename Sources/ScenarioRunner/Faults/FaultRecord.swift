import Scenarios

/// What became of one declared fault.
public struct FaultRecord: Sendable, Hashable {
    /// What was declared.
    public let fault: Fault
    /// When it began and when it was over, in nanoseconds since the first phase began; `nil` if it did not.
    public internal(set) var start: Int64?
    public internal(set) var end: Int64?
    /// Whether anything was still to be done when it had begun. If not the run says nothing about it.
    public internal(set) var tookEffect = false

    public init(_ fault: Fault) { self.fault = fault }
}
