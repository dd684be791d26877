import Foundation

/// The memory of processes.
package enum ResidentMemory {
    /// What of another process is in memory, in bytes; `nil` if the system does not say, as where there is no /proc.
    package static func bytes(of process: pid_t) -> Int? { statm("/proc/\(process)/statm") }

    private static func statm(_ path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    /// What of this process is in memory, in bytes; `nil` if the system does not say.
    package static func bytes() -> Int? {
        #if os(Linux)
            statm("/proc/self/statm")
        #else
            var info = mach_task_basic_info()
            var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
            let result = withUnsafeMutablePointer(to: &info) {
                $0.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                    task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
                }
            }
            return result == KERN_SUCCESS ? Int(info.resident_size) : nil
        #endif
    }
}
