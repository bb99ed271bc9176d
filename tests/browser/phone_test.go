package browser

import "testing"

// TestPhone: on a phone each bar of the table of applicants lies within its own row and
// the table fits its page, in both languages; tables of many columns are lists; what
// carries a drawing of points for the width shows that one alone.
func TestPhone(t *testing.T) {
	t.Parallel()
	one := newTab(t).signedIn(t)
	for _, path := range []string{"/requests/990101001/2024", "/en/requests/990101001/2024", "/compare?chart=asking&units=990101001,990101", "/en/compare?chart=asking&units=990101001,990101", "/regions/990101", "/en/agencies/990101001"} {
		one.open(t, path, 390)
		if wrong := ask[string](t, one, `(() => {
			for (const table of document.querySelectorAll("table.crossed.asked")) {
				const room = table.closest(".scroller");
				if (room.scrollWidth > room.clientWidth + 1) return "the table scrolls: " + room.scrollWidth + " in " + room.clientWidth;
				for (const row of table.tBodies[0].rows) {
					const bar = row.querySelector("td.plot").getBoundingClientRect(), here = row.getBoundingClientRect();
					if (bar.top < here.top || bar.bottom > here.bottom + 1 || bar.width < room.clientWidth * 0.9) return row.cells[0].textContent + ": its bar is elsewhere";
				}
			}
			return document.querySelector("table.crossed.asked") ? "" : "there is no table";
		})()`); wrong != "" {
			t.Errorf("%s: %s", path, wrong)
		}
	}
	for _, path := range []string{"/admin/portals", "/en/admin/portals", "/admin/audit", "/en/admin/calls/990101/2023", "/agencies/990101001/sheet", "/en/methods"} {
		one.open(t, path, 390)
		if wrong := ask[string](t, one, `[...document.querySelectorAll("table.stack, table.rules")].filter((table) => {
			const room = table.closest(".scroller");
			return room.scrollWidth > room.clientWidth + 1 || getComputedStyle(table.rows[table.rows.length - 1]).display !== "block";
		}).length + " of " + document.querySelectorAll("table.stack, table.rules").length`); len(wrong) < 6 || wrong[:2] != "0 " || wrong == "0 of 0" {
			t.Errorf("%s: %s tables are no lists", path, wrong)
		}
	}
	one.open(t, "/compare?chart=dot&indicator=open_rate", 390)
	if shown := ask[int](t, one, `[...document.querySelectorAll("svg.dots")].filter((drawing) => drawing.getBoundingClientRect().width > 0).length`); shown != 1 {
		t.Errorf("%d drawings of points are shown, want one", shown)
	}
	for _, path := range []string{"/charts/regions/990101/matrix", "/en/charts/regions/990101/grounds", "/charts/requests/990101/2024/chain", "/en/charts/status/990101/2024/curve"} {
		one.open(t, path, 390)
		if wrong := ask[string](t, one, `(async () => {
			const picture = document.querySelector(".chart-page img");
			await picture.decode();
			if (!picture.currentSrc.includes("width=360")) return "the wide drawing is shown: " + picture.currentSrc;
			const room = picture.closest("figure");
			return room.scrollWidth > room.clientWidth + 1 ? "the drawing scrolls: " + room.scrollWidth + " in " + room.clientWidth : "";
		})()`); wrong != "" {
			t.Errorf("%s: %s", path, wrong)
		}
	}
}

// TestPhoneAlone: with scripts and without, what stands in a page for a phone can be read
// there: drawings that wait for ECharts have letters of at least 10 px and fill their
// places, and a table that is wider than the page keeps the names of its rows in sight.
func TestPhoneAlone(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]*tab{"scripts": newTab(t), "no scripts": newTab(t).silent(t)} {
		for path, charts := range map[string]bool{"/regions/990101": true, "/en/agencies/990101001": true, "/en/compare?chart=bar&units=990101001,990101002,990101003,990101004&indicator=requests_new": true,
			"/requests/990101/2024": false, "/en/reports/990101001/2024": false, "/rollup/990101/2024": false, "/en/embed/tables/990101001/2024/requests": false} {
			one.open(t, path, 390)
			if wrong := ask[string](t, one, badSketch); wrong != "" && (charts || wrong != "no chart") {
				t.Errorf("%s, %s: %s", path, name, wrong)
			}
			if wrong := ask[string](t, one, badScroller); wrong != "" {
				t.Errorf("%s, %s: %s", path, name, wrong)
			}
		}
	}
}

const (
	badSketch = `(() => {
		const charts = [...document.querySelectorAll("[data-chart]")];
		for (const chart of charts) {
			const shown = [...chart.querySelectorAll("svg")].filter((s) => s.getBoundingClientRect().width > 0);
			if (shown.length !== 1) return chart.id + ": " + shown.length + " drawings are shown";
			const [drawing] = shown, box = chart.getBoundingClientRect(), scale = drawing.getScreenCTM().a;
			const letters = Math.min(...[...drawing.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale));
			if (letters < 10) return chart.id + ": letters of " + letters + " px";
			const {width, height} = drawing.viewBox.baseVal;
			if (height * scale < box.height * 0.95 || width * scale < box.width * 0.95) return chart.id + ": " + width * scale + " by " + height * scale + " in " + box.width + " by " + box.height;
		}
		return charts.length ? "" : "no chart";
	})()`
	badScroller = `(() => {
		for (const room of document.querySelectorAll(".scroller")) {
			if (!room.checkVisibility() || room.scrollWidth <= room.clientWidth + 1) continue;
			const name = room.querySelector("tbody th");
			if (!name || getComputedStyle(name).position !== "sticky") return room.getAttribute("aria-label") + ": " + room.scrollWidth + " in " + room.clientWidth;
		}
		return document.documentElement.scrollWidth > innerWidth ? "the page scrolls" : "";
	})()`
)
