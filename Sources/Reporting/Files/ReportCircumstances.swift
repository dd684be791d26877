import Foundation

/// When and where a report was made, and of what: what it takes to compare it with another one.
public struct ReportCircumstances: Sendable, Hashable, Codable {
    /// The machine that ran it.
    public struct Machine: Sendable, Hashable, Codable {
        /// The system, with its version: `Linux 6.8.0-45-generic`.
        public var system: String
        /// Of the processor: `x86_64`, `arm64`.
        public var architecture: String
        /// How many processors the command could use.
        public var processors: Int
        /// Its memory.
        public var memoryBytes: UInt64

        /// Makes the description of a machine; each argument is the property of the same name.
        public init(system: String, architecture: String, processors: Int, memoryBytes: UInt64) {
            self.system = system
            self.architecture = architecture
            self.processors = processors
            self.memoryBytes = memoryBytes
        }

        /// This one.
        public static var current: Machine {
            var names = utsname()
            uname(&names)
            func text<Characters>(_ characters: Characters) -> String {
                withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            }
            return Machine(
                system: "\(text(names.sysname)) \(text(names.release))", architecture: text(names.machine),
                processors: ProcessInfo.processInfo.activeProcessorCount,
                memoryBytes: ProcessInfo.processInfo.physicalMemory)
        }
    }

    /// When the work began, as ISO 8601 in UTC.
    public var start: String
    /// Where it ran.
    public var machine: Machine
    /// The Git commit of the folder that the command was called in, with `-dirty` if it has changes; `nil` outside of a
    /// repository.
    public var revision: String?
    /// The same of the folder that the command itself lies in: where it was built.
    public var commandRevision: String?

    /// Makes circumstances; each argument is the property of the same name.
    public init(start: Date, machine: Machine, revision: String?, commandRevision: String?) {
        self.start = start.formatted(.iso8601)
        self.machine = machine
        self.revision = revision
        self.commandRevision = commandRevision
    }
}
