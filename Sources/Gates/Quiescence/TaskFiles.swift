import History

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Reads the files of threads in `/proc` into memory of its own.
final class TaskFiles {
    /// As much as three numbers of 64 bits take as text, with room.
    static let counterBytes = 72

    enum Comparison {
        case same
        case different
        case gone
    }

    /// The threads of the process that was listed last.
    var identifiers: [pid_t] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)

    /// - Throws: ``QuiescenceError`` where the system does not tell.
    init() throws(QuiescenceError) {
        identifiers.reserveCapacity(64)
        #if os(Linux)
            // This thread has run, so that a kernel that counts says so.
            let file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw .noCounters }
            defer { close(file) }
            let count = pread(file, buffer.baseAddress, buffer.count, 0)
            guard count > 0, !buffer[..<count].elementsEqual("0 0 0\n".utf8) else { throw .noCounters }
        #else
            throw .notLinux
        #endif
    }

    deinit { buffer.deallocate() }

    /// The letter of the thread's state; `nil` if the thread is gone.
    func state(_ thread: WatchedThread) -> UInt8? {
        // The name, which stands in brackets, may hold any byte. What comes after it holds no bracket.
        guard let end = closingBracket(thread) else { return nil }
        return buffer[end + 2]
    }

    private func closingBracket(_ thread: WatchedThread) -> Int? {
        let count = pread(thread.stat, buffer.baseAddress, buffer.count, 0)
        guard count > 0, let start = buffer.baseAddress else { return nil }
        var end = count - 1
        // At most 64 bytes of name and 12 of identifier come before it.
        end = min(end, 96)
        while end > 0, start.load(fromByteOffset: end, as: UInt8.self) != UInt8(ascii: ")") { end -= 1 }
        return end > 0 && end + 2 < count ? end : nil
    }

    func nameAndState(_ thread: WatchedThread) -> (String, Character)? {
        guard let end = closingBracket(thread), let begin = buffer.firstIndex(of: UInt8(ascii: "(")), begin < end
        else { return nil }
        let name = String(decoding: buffer[(begin + 1)..<end], as: UTF8.self).printable
        return (name, Character(Unicode.Scalar(buffer[end + 2])))
    }

    /// Whether the counters are those that are known of the thread. Those that differ are known from now on.
    func compareCounters(_ thread: WatchedThread) -> Comparison {
        guard let start = buffer.baseAddress, let counters = thread.counters.baseAddress else { return .gone }
        let count = pread(thread.schedstat, start, Self.counterBytes - 1, 0)
        guard count > 0 else { return .gone }
        // A shorter text must not match the beginning of a longer one.
        start.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        if thread.isKnown, memcmp(start, counters, count + 1) == 0 { return .same }
        memcpy(counters, start, count + 1)
        thread.isKnown = true
        return .different
    }

    /// Adds the processes that the thread has started and that live.
    func children(_ thread: WatchedThread, into children: inout [pid_t]) {
        guard thread.children >= 0 else { return }
        var offset: off_t = 0
        var number: pid_t = 0
        while case let count = pread(thread.children, buffer.baseAddress, buffer.count, offset), count > 0 {
            for byte in buffer[..<count] {
                if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                    number = number &* 10 &+ pid_t(byte - UInt8(ascii: "0"))
                } else if number > 0 {
                    children.append(number)
                    number = 0
                }
            }
            offset += off_t(count)
        }
        if number > 0 { children.append(number) }
    }

    func wait(process: pid_t, thread: pid_t) -> String {
        let file = open("/proc/\(process)/task/\(thread)/wchan", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        let count = pread(file, buffer.baseAddress, 128, 0)
        guard count > 0 else { return "" }
        let text = String(decoding: buffer[..<count], as: UTF8.self).printable
        return text == "0" ? "" : text
    }
}

/// The folder of a process in which its threads are.
struct TaskFolder: ~Copyable {
    private let path: String
    private let folder: OpaquePointer
    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19

    /// - Returns: `nil` if there is no such process.
    init?(process: pid_t) throws(QuiescenceError) {
        path = "/proc/\(process)/task"
        #if os(Linux)
            guard let folder = opendir(path) else {
                if errno == ENOENT || errno == ESRCH { return nil }
                throw .unreadable(path, errno)
            }
            self.folder = folder
        #else
            throw .notLinux
        #endif
    }

    deinit {
        #if os(Linux)
            closedir(folder)
        #endif
    }

    /// - Returns: whether the process is still there.
    func list(into identifiers: inout [pid_t]) -> Bool {
        identifiers.removeAll(keepingCapacity: true)
        #if os(Linux)
            rewinddir(folder)
            while let entry = readdir(folder) {
                let name = UnsafeRawPointer(entry) + Self.nameOffset
                // `.` and `..` are no numbers.
                let number = atoi(name.assumingMemoryBound(to: CChar.self))
                if number > 0 { identifiers.append(number) }
            }
        #endif
        return !identifiers.isEmpty
    }

    /// - Returns: `nil` if the thread is gone.
    func files(of thread: pid_t) throws(QuiescenceError) -> WatchedThread? {
        guard let stat = try descriptor("\(path)/\(thread)/stat") else { return nil }
        guard let schedstat = try descriptor("\(path)/\(thread)/schedstat") else {
            close(stat)
            return nil
        }
        // Not each kernel has it.
        let children = (try descriptor("\(path)/\(thread)/children")) ?? -1
        return WatchedThread(id: thread, stat: stat, schedstat: schedstat, children: children)
    }

    private func descriptor(_ path: String) throws(QuiescenceError) -> Int32? {
        #if os(Linux)
            let file = open(path, O_RDONLY | O_CLOEXEC)
            if file >= 0 { return file }
            if errno == ENOENT || errno == ESRCH { return nil }
            throw .unreadable(path, errno)
        #else
            throw .notLinux
        #endif
    }
}
