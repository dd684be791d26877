#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file descriptor that is closed when nobody holds it any more, if it is its owner's to close.
///
/// A class, although whoever holds one cannot be copied: Swift 6.3 skips the `deinit` of a struct that lies in a struct
/// of another module where that module's value ends. Each file that was read left a descriptor and its buffer behind.
final class OpenDescriptor {
    let number: Int32
    private var isToBeClosed: Bool

    init(_ number: Int32, closesAtEnd: Bool) {
        self.number = number
        isToBeClosed = closesAtEnd
    }

    deinit { _ = end() }

    /// Closes it, once, if it is its owner's to close.
    /// - Returns: what the system says: not 0 if something of what was written is lost; `errno` has the reason.
    func end() -> Int32 {
        guard isToBeClosed else { return 0 }
        isToBeClosed = false
        return close(number)
    }
}
