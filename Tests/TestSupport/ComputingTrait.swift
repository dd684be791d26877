import Testing

/// Runs tests that compute for long on threads of their own.
///
/// Asynchronous code shares as many threads as there are cores. A test that computes for a minute keeps one of them for a
/// minute, and two such tests leave none: a test beside them that holds a connection and waits for a thread goes on
/// waiting, and whatever has a time limit runs into it.
public struct ComputingTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ComputingThreads.shared) { try await function() }
    }
}

extension Trait where Self == ComputingTrait {
    /// For a test that computes for more than a second without waiting for anything.
    public static var computing: Self { Self() }
}
