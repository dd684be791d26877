import CoreMetrics
import Metrics
import PrometheusMetrics
import Testing

@Suite("The page for Prometheus")
struct ExpositionTests {
    @Test("Counters, gauges and histograms, in the order of their names and labels")
    func page() {
        let registry = PrometheusRegistry(buckets: ["cache.latency": [0.001, 0.01]])
        registry.describe("cache.reads", "Reads, by the layer that served them.")
        Counter(label: "cache.reads", dimensions: [("layer", "L2")], factory: registry).increment(by: 3)
        Counter(label: "cache.reads", dimensions: [("layer", "L1")], factory: registry).increment(by: 2)
        // Another object of the same series.
        Counter(label: "cache.reads", dimensions: [("layer", "L1")], factory: registry).increment()
        Gauge(label: "breaker", factory: registry).record(2)
        let timer = Timer(label: "cache.latency", factory: registry)
        for microseconds in [500, 1_000, 1_001, 50_000] as [Int64] { timer.recordMicroseconds(microseconds) }
        #expect(
            registry.page() == """
                # TYPE breaker gauge
                breaker 2
                # TYPE cache_latency histogram
                cache_latency_bucket{le="0.001"} 2
                cache_latency_bucket{le="0.01"} 3
                cache_latency_bucket{le="+Inf"} 4
                cache_latency_sum \(0.0005 + 0.001 + 0.001001 + 0.05)
                cache_latency_count 4
                # HELP cache_reads Reads, by the layer that served them.
                # TYPE cache_reads counter
                cache_reads{layer="L1"} 3
                cache_reads{layer="L2"} 3

                """)
    }

    @Test(
        "Labels and values are escaped",
        arguments: [
            ("plain", "value", #"plain{k="value"} 1"#),
            ("two words-é", "v", #"two_words__{k="v"} 1"#),
            ("2nd", "v", #"_2nd{k="v"} 1"#),
            ("q", #"say "a\b""#, #"q{k="say \"a\\b\""} 1"#),
            ("n", "two\nlines", #"n{k="two\nlines"} 1"#),
        ])
    func escaping(label: String, value: String, line: String) {
        let registry = PrometheusRegistry()
        Counter(label: label, dimensions: [("k", value)], factory: registry).increment()
        #expect(registry.page().split(separator: "\n").last.map(String.init) == line)
    }

    @Test("A second kind under one name is not exported, and a counter says so")
    func conflict() {
        let registry = PrometheusRegistry()
        Counter(label: "a.b", factory: registry).increment(by: 5)
        Gauge(label: "a_b", factory: registry).record(7)
        let page = registry.page()
        #expect(page.contains("# TYPE a_b counter\na_b 5\n"))
        #expect(!page.contains("7"))
        #expect(page.contains("metrics_rejected{name=\"a_b\"} 1\n"))
    }

    @Test("Counters never decrease")
    func monotonic() {
        let registry = PrometheusRegistry()
        let counter = FloatingPointCounter(label: "c", factory: registry)
        counter.increment(by: 1.5)
        counter.increment(by: -1)
        counter.increment(by: Double.nan)
        counter.increment(by: Double.infinity)
        #expect(registry.page() == "# TYPE c counter\nc 1.5\n")
    }

    @Test("No count of many tasks is lost")
    func concurrency() async {
        let registry = PrometheusRegistry()
        await withDiscardingTaskGroup { group in
            for task in 0..<50 {
                group.addTask {
                    let counter = Counter(label: "c", dimensions: [("parity", "\(task % 2)")], factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    for _ in 0..<1_000 {
                        counter.increment()
                        timer.recordNanoseconds(1_000_000)
                    }
                }
            }
        }
        let page = registry.page()
        #expect(page.contains("c{parity=\"0\"} 25000\nc{parity=\"1\"} 25000\n"))
        #expect(page.contains("t_bucket{le=\"0.0005\"} 0\nt_bucket{le=\"0.001\"} 50000\n"))
        #expect(page.contains("t_count 50000\n"))
    }
}
