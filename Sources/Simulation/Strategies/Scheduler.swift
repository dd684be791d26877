/// Who runs next. A strategy is this one function.
public protocol Scheduler {
    /// Chooses who runs next.
    ///
    /// Asked only if there is a choice. It must depend on nothing but its own state and its arguments, or the run
    /// cannot be repeated.
    ///
    /// - Parameters:
    ///   - runnable: the numbers of the tasks that could run, in the order in which they became runnable, not empty. A
    ///     task can stand there twice: an actor that is to run its mailbox stands under the number of who called it.
    ///   - running: the number of the task that ran last.
    ///   - mayGoOn: whether that task is at a point and could go on; it is not among `runnable` then.
    /// - Returns: an index in `runnable`; or `runnable.count`, if `mayGoOn`, for the running task to go on.
    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int
}
