/*
 * Lines by dygraphs, with what the page wants of them everywhere: theme, marks of
 * the axes, the line nearest to the pointer standing out, and a tip beside it.
 *
 * dygraphs puts the marks of an axis in as markup: they are numbers that we made,
 * never a name. Its legend and titles, which would show names, are not used.
 */
import Dygraph from "dygraphs";

import { theme } from "./colour.js";
import { joined } from "./curvedata.js";
import { el } from "./dom.js";
import * as format from "./format.js";
import * as scale from "./scale.js";
import { tip } from "./tip.js";

const wanted = Dygraph.PLUGINS.filter((plugin) => /axes|grid/i.test(new plugin().toString()));
Dygraph.PLUGINS.splice(0, Dygraph.PLUGINS.length, ...wanted);

/* As long as a second click may still make the first one half of two. */
const SECOND_CLICK_MS = 280;

/* The marks of scale.js in dygraphs' form; of x only whole numbers. */
function ticker(whole) {
	return (low, high, pixels, option) => {
		const s = option("logscale") && low > 0 ? scale.log([low, high], [0, pixels]) :
			scale.linear([low, high], [0, pixels]);
		return s.ticks(Math.max(2, Math.floor(pixels / option("pixelsPerLabel"))))
			.filter((v) => !whole || Number.isInteger(v))
			.map((v) => ({ v, label: format.number(v) }));
	};
}

export class LineChart {
	/*
	 * options: label (for screen readers), describe(curve, x, y) -> what the tip
	 * says, onhover(curve or null), onclick(curve), xLabel.
	 */
	constructor(element, options) {
		this.options = options;
		this.box = el("div", { class: "chart-box", role: "img", "aria-label": options.label || "curves" });
		this.back = el("button", { type: "button", class: "zoom-out", hidden: true,
			title: "two clicks do it too", onclick: () => this.resetZoom() }, "Zoom out");
		this.element = el("div", { class: "chart" }, this.box, this.back);
		this.tip = tip(this.element);
		element.append(this.element);
		this.curves = [];
		this.graph = null;
		this.zoomed = false;
		this.sizes = new ResizeObserver(() => this.graph?.resize());
		this.sizes.observe(this.box);
		this.box.addEventListener("mouseleave", () => this.leave());
		this.box.addEventListener("dblclick", () => clearTimeout(this.opening));
	}

	/*
	 * curves: [{ trial or name, x, y, colour, width }]; settings: logX, logY,
	 * smoothing (a factor of smoothed()), range of y or null.
	 */
	set(curves, settings = {}) {
		/* The last is drawn on top. */
		this.curves = curves.filter((curve) => curve.x.length);
		this.settings = settings;
		this.data = joined(this.curves, { factor: settings.smoothing, logX: settings.logX,
			logY: settings.logY });
		this.element.hidden = !this.data.length;
		if (!this.data.length)
			return;
		const shape = `${settings.logX}${settings.logY}`;
		if (this.graph && shape !== this.shape)
			this.drop();
		this.shape = shape;
		const options = this.graphOptions();
		if (this.graph)
			this.graph.updateOptions(options);
		else
			this.graph = new Dygraph(this.box, options.file, options);
		if (this.held !== undefined)
			this.highlight(this.held);
	}

	graphOptions() {
		const { logX, logY, range } = this.settings;
		const colours = theme();
		const labels = ["x", ...this.curves.map((_, i) => String(i))];
		/* One point alone is no line: it is drawn as a dot. */
		const few = this.data.length < 3;
		return {
			file: this.data,
			labels,
			colors: this.curves.map((curve) => curve.colour),
			series: Object.fromEntries(this.curves.map((curve, i) => [String(i),
				{ strokeWidth: curve.width || 1.3,
					drawPoints: few || curve.x.length < 2, pointSize: 2.5,
					strokePattern: curve.dash || null }])),
			legend: "never",
			connectSeparatedPoints: true,
			logscale: Boolean(logY),
			...this.window(),
			valueRange: this.zoomed ? undefined : range || null,
			xRangePad: logX ? 0 : 6,
			yRangePad: logY ? 0 : 8,
			axisLineColor: colours.line,
			gridLineColor: colours.grid,
			axisLabelFontSize: 11,
			highlightCircleSize: 0,
			highlightSeriesOpts: { strokeWidth: 2.6, highlightCircleSize: 3.5 },
			highlightSeriesBackgroundAlpha: this.curves.length > 1 ? 0.35 : 1,
			highlightSeriesBackgroundColor: colours.surface,
			animateBackgroundFade: false,
			axes: {
				x: { logscale: Boolean(logX), ticker: ticker(true), pixelsPerLabel: 64,
					axisLabelWidth: 60, drawGrid: false },
				y: { ticker: ticker(false), pixelsPerLabel: 34, axisLabelWidth: 52 },
			},
			highlightCallback: (event, x, points, row, name) => this.hover(event, x, points, name),
			clickCallback: () => this.clicked(),
			zoomCallback: () => {
				this.zoomed = this.graph.isZoomed();
				this.back.hidden = !this.zoomed;
				if (!this.zoomed)
					this.set(this.curves, this.settings);
			},
		};
	}

	/* Two clicks zoom out: while that may be meant, one waits. */
	clicked() {
		const curve = this.curves[this.held];
		clearTimeout(this.opening);
		if (curve && this.options.onclick)
			this.opening = setTimeout(() => this.options.onclick(curve), this.zoomed ? SECOND_CLICK_MS : 0);
	}

	/* One x alone has room on both sides; the axis follows the data again behind it. */
	window() {
		const one = this.data.length === 1 ? this.data[0][0] : null;
		const was = this.alone;
		this.alone = one !== null;
		if (one !== null)
			return { dateWindow: this.settings.logX ? [one / 2, one * 2] : [one - 1, one + 1] };
		return was ? { dateWindow: null } : {};
	}

	hover(event, x, points, name) {
		const at = Number(name);
		const point = points.find((p) => p.name === name);
		const curve = this.curves[at];
		if (!curve || !point)
			return;
		if (this.held !== at) {
			this.held = at;
			this.options.onhover?.(curve);
		}
		const box = this.element.getBoundingClientRect();
		this.tip.show(this.options.describe?.(curve, x, point.yval) || [],
			event.clientX - box.left, event.clientY - box.top);
	}

	leave() {
		this.tip.hide();
		this.held = null;
		this.graph?.clearSelection();
		this.options.onhover?.(null);
	}

	/* The curve with this index stands out, without a tip; null for none. */
	highlight(index) {
		if (!this.graph)
			return;
		if (index === null || index < 0 || index >= this.curves.length)
			this.graph.clearSelection();
		else
			this.graph.setSelection(false, String(index));
	}

	resetZoom() {
		if (this.graph?.isZoomed())
			this.graph.resetZoom();
	}

	drop() {
		this.graph?.destroy();
		this.graph = null;
		this.zoomed = false;
		this.back.hidden = true;
	}

	destroy() {
		clearTimeout(this.opening);
		this.sizes.disconnect();
		this.drop();
		this.element.remove();
	}
}
