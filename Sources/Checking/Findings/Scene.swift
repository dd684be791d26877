import History

/// A violation as it is told: what proves it, and what happened around it.
struct Scene: Sendable {
    /// The operations that prove the violation, in order of their starts.
    let proof: [Operation]
    /// The operations that only tell how it came about, in order of their starts.
    var context: [Operation] = []
    /// How many operations between the first and the last of the proof were left out of the context.
    var omitted = 0
}
