import History

/// The content of a register, and the steps that operations take on it, as ``OrderSearch`` tries them.
///
/// A register holds nothing, or a version or value. By versions, what it holds only grows, and a deletion leaves
/// nothing behind under a version of its own.
struct RegisterSteps {
    /// What a register holds.
    struct Content: Hashable {
        /// A version, or a value; of a deletion, its version. 0 at first.
        var label: Int64 = 0
        var isNothing = true
    }

    private let byVersion: Bool
    /// 0 is a value like any other, and not another word for nothing.
    private let isZeroAValue: Bool
    /// Versions read that no write is known to have, ascending: a write of unknown version may have any.
    private let strange: [Int64]

    /// - Parameter isZeroAValue: `nil`: it is one if it was written and a read is marked as absent.
    init(_ operations: [Operation], byVersion: Bool, isZeroAValue: Bool?) {
        self.byVersion = byVersion
        let saysNothing = operations.contains(where: \.isAbsent)
        let writesZero = operations.contains { $0.isWriting && $0.kind != .delete && $0.value == 0 }
        self.isZeroAValue = !byVersion && (isZeroAValue ?? (saysNothing && writesZero))
        guard byVersion else {
            strange = []
            return
        }
        let written = Set(operations.lazy.filter { $0.isWriting }.map(\.version))
        strange = Set(operations.lazy.filter { $0.kind == .read && $0.version != 0 }.map(\.version))
            .subtracting(written).sorted()
    }

    /// What the register holds after the operation; `nil` if it cannot come now. O(1), but for writes of unknown
    /// version.
    func content(after operation: Operation, on content: Content) -> Content? {
        switch operation.kind {
        case .read: return finds(operation, content) ? content : nil
        case .compareAndSet:
            let isAsExpected =
                operation.isAbsent ? content.isNothing : holds(operation.expected, content)
            if operation.isRefused { return isAsExpected ? nil : content }
            return isAsExpected ? self.content(afterWriting: operation, on: content) : nil
        default: return self.content(afterWriting: operation, on: content)
        }
    }

    private func finds(_ read: Operation, _ content: Content) -> Bool {
        if byVersion {
            // A client that found nothing may not know the version of the deletion.
            return read.version == 0 && read.isAbsent ? content.isNothing : content.label == read.version
        }
        return read.isAbsent ? content.isNothing : holds(read.value, content)
    }

    private func holds(_ label: Int64, _ content: Content) -> Bool {
        if content.isNothing { return label == 0 && !isZeroAValue }
        return content.label == label
    }

    private func content(afterWriting operation: Operation, on content: Content) -> Content? {
        let isDeletion = operation.kind == .delete || operation.isTombstone
        guard byVersion else {
            if isDeletion || (operation.value == 0 && !isZeroAValue) { return Content() }
            return Content(label: operation.value, isNothing: false)
        }
        if operation.version == 0 {
            // It may have any version that was read and that nothing else wrote. To pass over the lowest would leave
            // its reads without a write, so no other needs trying. A deletion may also have a version that was never
            // read.
            if let version = strange.first(where: { $0 > content.label }) {
                return Content(label: version, isNothing: isDeletion)
            }
            return isDeletion ? Content(label: content.label, isNothing: true) : nil
        }
        guard operation.version > content.label else { return nil }
        return Content(label: operation.version, isNothing: isDeletion)
    }
}
