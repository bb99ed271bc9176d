// Prints one line of a Lighthouse report and what cost it points; exits 1 where a
// score is below what the pages promise.
const [file, name] = process.argv.slice(2);
const report = JSON.parse(require("fs").readFileSync(file));
const least = { performance: 95 };
const ms = (id) => Math.round(report.audits[id]?.numericValue ?? NaN);
const scores = Object.values(report.categories).map((c) => [c.id, Math.round(100 * c.score)]);
console.log(name, scores.map(([id, score]) => `${id} ${score}`).join(", "),
  `first content ${ms("first-contentful-paint")} ms, blocked ${ms("total-blocking-time")} ms, shift ${report.audits["cumulative-layout-shift"]?.displayValue}`);
for (const category of Object.values(report.categories)) {
  for (const { id, weight } of category.auditRefs) {
    const audit = report.audits[id];
    if (weight > 0 && audit.score !== null && audit.score < 0.9) console.log("   ", category.id, id, audit.score, audit.displayValue ?? "");
  }
}
process.exit(scores.every(([id, score]) => score >= (least[id] ?? 100)) ? 0 : 1);
