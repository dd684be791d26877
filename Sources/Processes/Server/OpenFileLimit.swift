import Foundation

/// The limit of the operating system on what a process may have open: files, connections, pipes.
package enum OpenFileLimit {
    /// What every run needs: its own connections and databases, and what it takes to start a process.
    package static let base = 96

    /// Makes sure of a number of open files; raises the process's own limit if the system's allows that.
    /// - Parameter hard: of the system; by default the real one.
    /// - Throws: ``WorldError`` that says which limit is too low, and what is needed.
    package static func require(_ count: Int, for what: String) throws(WorldError) {
        var limit = rlimit()
        guard getrlimit(Self.resource, &limit) == 0 else { return }
        let needed = rlim_t(count)
        if limit.rlim_cur >= needed { return }
        if limit.rlim_max >= needed {
            limit.rlim_cur = needed
            if setrlimit(Self.resource, &limit) == 0 { return }
        }
        throw error(limit: UInt64(limit.rlim_cur), needed: count, for: what)
    }

    package static func error(limit: UInt64, needed: Int, for what: String) -> WorldError {
        WorldError(
            .hostUnusable, "\(what) needs \(needed) open files, and this process may have \(limit) (RLIMIT_NOFILE)",
            advice: "Raise the limit: ulimit -n \(needed)")
    }

    #if canImport(Darwin)
        private static let resource = RLIMIT_NOFILE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
}
