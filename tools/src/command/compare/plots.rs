//! Curves over loss and size, as SVG and PNG, that differ in colour, dash and marker.

use super::args::Args;
use super::experiment::{Cell, LOSS_OF_SIZES, Results};
use super::png::Png;
use super::stats::{Summary, float, summary, time};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::fmt::Write;

/// One drawing in both formats.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) svg: String,
    pub(crate) png: Vec<u8>,
}

const WIDTH: u32 = 1080;
const HEIGHT: u32 = 520;
/// The plot's edges, in pixels.
const LEFT: f64 = 92.0;
const RIGHT: f64 = 850.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 452.0;

/// No more curves than that are told apart; these are shown if all strategies ran.
const SHOWN: [&str; 9] =
    ["ip-fragmentation", "fixed-1280", "pmtu-probe", "fallback", "random-order", "paced", "receipt-status", "fragment-ack", "tcp"];

/// Okabe and Ito's colours, which the colour-blind tell apart, dark enough on white.
const COLORS: [RGBColor; 9] = [
    RGBColor(0, 0, 0),
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(150, 110, 0),
    RGBColor(86, 160, 220),
    RGBColor(120, 60, 160),
    RGBColor(120, 120, 120),
];

/// Pixels drawn and left out.
const DASHES: [(f64, f64); 9] =
    [(1e9, 0.0), (10.0, 4.0), (1e9, 0.0), (3.0, 3.0), (14.0, 5.0), (6.0, 6.0), (1e9, 0.0), (10.0, 3.0), (2.0, 5.0)];

struct Curve {
    name: String,
    /// Value, and its interval; in units of the axis, of 0 (bottom) to 1 (top).
    points: Vec<(f64, f64, f64)>,
}

struct Spec {
    title: String,
    x_label: String,
    /// Evenly spaced.
    x: Vec<String>,
    y_label: String,
    y: Vec<(f64, String)>,
    curves: Vec<Curve>,
}

pub(crate) fn all(args: &Args, results: &Results) -> Result<Vec<Figure>, Box<dyn Error>> {
    let message = results.message.to_string();
    let deadline = time(args.deadline);
    let timers = &args.timers_name;
    let in_time = |s: &Summary| (s.in_time.value, s.in_time.low, s.in_time.high);
    let at = |time: Option<std::time::Duration>| time.map_or(1.0, |time| height_of(time.as_secs_f64()));
    let p95 = |s: &Summary| (at(s.p95.value), at(s.p95.low), at(s.p95.high));
    let shares = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map(|share| (share, format!("{:.0}", share * 100.0))).to_vec();
    let times = [0.01, 0.1, 1.0, 10.0, 100.0]
        .map(|seconds| (height_of(seconds), time(std::time::Duration::from_secs_f64(seconds)).replace("1.0 s", "1 s")));
    let times: Vec<_> = times.into_iter().chain([(1.0, "never".to_owned())]).collect();
    let most = results.losses.iter().map(|cell| ratio(&summary(cell, args.deadline), cell)).fold(2.0, f64::max);
    let top = [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 50.0].into_iter().find(|top| *top >= most).unwrap_or(100.0);
    let scale = move |ratio: f64| (ratio / top).clamp(0.0, 1.0);
    // Whole numbers up to 6, five steps beyond.
    let steps = if top > 6.0 { 5.0 } else { top };
    let costs = (0..=6u8).map(f64::from).filter(|step| *step <= steps);
    let costs = costs.map(|step| (step / steps, format!("{}", step / steps * top))).collect();
    let cost = |s: &Summary, cell: &Cell| {
        let (value, off) = (ratio(s, cell), s.octets.off / float(cell.octets_in));
        (scale(value), scale(value - off), scale(value + off))
    };
    let loss_label = "IP packets lost, % (each way, independent)".to_owned();
    let figures = [
        (
            "delivered-by-loss",
            format!("{message} delivered within {deadline}, by loss"),
            format!("Share of runs. {timers}'s timers; up is better."),
            spec(args, &results.losses, loss_label.clone(), &|cell| format!("{}", cell.at), "delivered in time, %", shares, &|s, _| {
                in_time(s)
            }),
        ),
        (
            "time-by-loss",
            format!("Time in which 95 % of {message} were delivered, by loss"),
            format!("{timers}'s timers; down is better."),
            spec(
                args,
                &results.losses,
                loss_label.clone(),
                &|cell| format!("{}", cell.at),
                "95 % delivered after",
                times.clone(),
                &|s, _| p95(s),
            ),
        ),
        (
            "time-by-size",
            format!("Time in which 95 % were delivered, by size, at {} % loss", LOSS_OF_SIZES * 100.0),
            format!("{timers}'s timers; down is better."),
            spec(
                args,
                &results.sizes,
                "content of the message, octets".to_owned(),
                &|cell| format!("{}", cell.at),
                "95 % delivered after",
                times,
                &|s, _| p95(s),
            ),
        ),
        (
            "octets-by-loss",
            format!("Octets on the wire for each octet of {message}, by loss"),
            "Message and feedback with all headers, both ways, answers not counted; down is better.".to_owned(),
            spec(args, &results.losses, loss_label, &|cell| format!("{}", cell.at), "octets sent / octets of content", costs, &cost),
        ),
    ];
    figures.into_iter().map(|(name, title, about, spec)| figure(name, title, about, spec)).collect()
}

fn ratio(s: &Summary, cell: &Cell) -> f64 {
    s.octets.value / float(cell.octets_in)
}

/// Where a time stands on a logarithmic axis of 10 ms to 200 s, below the line for never.
fn height_of(seconds: f64) -> f64 {
    ((seconds.max(0.01) / 0.01).log10() / 4.301 * 0.93).clamp(0.0, 0.95)
}

type Value<'f> = &'f dyn Fn(&Summary, &Cell) -> (f64, f64, f64);

fn spec(
    args: &Args,
    cells: &[Cell],
    x_label: String,
    x: &dyn Fn(&Cell) -> String,
    y_label: &str,
    y: Vec<(f64, String)>,
    value: Value<'_>,
) -> Spec {
    let mut names: Vec<_> = args.strategies.iter().map(|strategy| strategy.name.clone()).collect();
    if names.len() > SHOWN.len() {
        let all = names.clone();
        names.retain(|name| SHOWN.contains(&name.as_str()));
        if names.len() < 2 {
            names = all.into_iter().take(SHOWN.len()).collect();
        }
    }
    let mut labels: Vec<String> = Vec::new();
    for cell in cells {
        let label = x(cell);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let curve = |name: String| {
        let points = cells.iter().filter(|cell| cell.strategy == name).map(|cell| value(&summary(cell, args.deadline), cell)).collect();
        Curve { name, points }
    };
    Spec { title: String::new(), x_label, x: labels, y_label: y_label.to_owned(), y, curves: names.into_iter().map(curve).collect() }
}

fn figure(name: &'static str, title: String, about: String, spec: Spec) -> Result<Figure, Box<dyn Error>> {
    let spec = Spec { title: title.clone(), ..spec };
    let mut svg = String::new();
    draw(&spec, SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)))?;
    let mut pixels = vec![0; usize::try_from(WIDTH)?.saturating_mul(usize::try_from(HEIGHT)?).saturating_mul(3)];
    draw(&spec, Png(BitMapBackend::with_buffer(&mut pixels, (WIDTH, HEIGHT))))?;
    Ok(Figure { name, title, about, svg, png: encode(&pixels)? })
}

/// The pixels as a PNG file.
fn encode(pixels: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

type Area<DB> = DrawingArea<DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn draw<DB: DrawingBackend>(spec: &Spec, backend: DB) -> Result<(), Box<dyn Error>>
where
    DB::ErrorType: 'static,
{
    let root = backend.into_drawing_area();
    root.fill(&WHITE)?;
    // Pixels, as floating point numbers.
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    let pixels = (0..i32::try_from(WIDTH)?, 0..i32::try_from(HEIGHT)?);
    let area = root.apply_coord_spec(Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(0.0..width, 0.0..height, pixels));
    axes(spec, &area)?;
    let last = float(spec.x.len().saturating_sub(1).max(1));
    let place = |at: usize| LEFT + 30.0 + (RIGHT - LEFT - 60.0) * float(at) / last;
    let level = |value: f64| BOTTOM - (BOTTOM - TOP) * value;
    let step = if spec.curves.len() > 12 { 24.0 } else { 34.0 };
    for (number, curve) in spec.curves.iter().enumerate() {
        let look = Look::of(number);
        // Curves that coincide stand side by side.
        let aside = (float(number) - float(spec.curves.len()) / 2.0) * 3.0;
        let points: Vec<_> = curve.points.iter().enumerate().map(|(at, (value, ..))| (place(at) + aside, level(*value))).collect();
        look.line(&area, &points)?;
        for ((x, y), (_, low, high)) in points.iter().zip(&curve.points) {
            area.draw(&PathElement::new(vec![(*x, level(*low)), (*x, level(*high))], look.color.stroke_width(1)))?;
            look.marker(&area, (*x, *y))?;
        }
        let y = TOP + 12.0 + step * float(number);
        look.line(&area, &[(RIGHT + 24.0, y), (RIGHT + 74.0, y)])?;
        look.marker(&area, (RIGHT + 49.0, y))?;
        text(&area, &curve.name, (RIGHT + 84.0, y), 16, HPos::Left)?;
    }
    root.present()?;
    Ok(())
}

fn axes<DB: DrawingBackend>(spec: &Spec, area: &Area<DB>) -> Result<(), Box<dyn Error>>
where
    DB::ErrorType: 'static,
{
    let grid = RGBColor(222, 222, 222).stroke_width(1);
    for (value, label) in &spec.y {
        let y = BOTTOM - (BOTTOM - TOP) * value;
        area.draw(&PathElement::new(vec![(LEFT, y), (RIGHT, y)], grid))?;
        text(area, label, (LEFT - 8.0, y), 16, HPos::Right)?;
    }
    let last = float(spec.x.len().saturating_sub(1).max(1));
    for (at, label) in spec.x.iter().enumerate() {
        let x = LEFT + 30.0 + (RIGHT - LEFT - 60.0) * float(at) / last;
        area.draw(&PathElement::new(vec![(x, BOTTOM), (x, BOTTOM + 5.0)], BLACK.stroke_width(1)))?;
        text(area, label, (x, BOTTOM + 18.0), 16, HPos::Center)?;
    }
    area.draw(&PathElement::new(vec![(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], BLACK.stroke_width(1)))?;
    text(area, &spec.x_label, ((LEFT + RIGHT) / 2.0, BOTTOM + 46.0), 16, HPos::Center)?;
    let style = ("sans-serif", 16).into_font().transform(FontTransform::Rotate270).color(&BLACK).pos(Pos::new(HPos::Center, VPos::Center));
    area.draw(&Text::new(spec.y_label.clone(), (22.0, (TOP + BOTTOM) / 2.0), style))?;
    let style = ("sans-serif", 18).into_font().style(FontStyle::Bold).color(&BLACK).pos(Pos::new(HPos::Left, VPos::Center));
    area.draw(&Text::new(spec.title.clone(), (LEFT, 20.0), style))?;
    Ok(())
}

fn text<DB: DrawingBackend>(area: &Area<DB>, text: &str, at: (f64, f64), size: i32, side: HPos) -> Result<(), Box<dyn Error>>
where
    DB::ErrorType: 'static,
{
    let style = ("sans-serif", size).into_font().color(&BLACK).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}

/// How one curve differs from the others.
struct Look {
    color: RGBColor,
    dash: (f64, f64),
    shape: usize,
}

impl Look {
    fn of(number: usize) -> Self {
        let color = COLORS.iter().cycle().nth(number).copied().unwrap_or(BLACK);
        let dash = DASHES.iter().cycle().nth(number).copied().unwrap_or((1e9, 0.0));
        Self { color, dash, shape: number }
    }

    /// A polyline in dashes.
    fn line<DB: DrawingBackend>(&self, area: &Area<DB>, points: &[(f64, f64)]) -> Result<(), Box<dyn Error>>
    where
        DB::ErrorType: 'static,
    {
        let (on, off) = self.dash;
        let (mut drawn, mut left, mut part) = (true, on, Vec::new());
        for pair in points.windows(2) {
            let &[(mut x, mut y), (x1, y1)] = pair else { continue };
            part.push((x, y));
            let mut rest = (x1 - x).hypot(y1 - y);
            while rest > left {
                let share = left / rest;
                (x, y) = (x + (x1 - x) * share, y + (y1 - y) * share);
                rest -= left;
                part.push((x, y));
                if drawn {
                    area.draw(&PathElement::new(std::mem::take(&mut part), self.color.stroke_width(2)))?;
                }
                part = vec![(x, y)];
                drawn = !drawn;
                left = if drawn { on } else { off };
            }
            left -= rest;
            part.push((x1, y1));
        }
        if drawn && part.len() > 1 {
            area.draw(&PathElement::new(part, self.color.stroke_width(2)))?;
        }
        Ok(())
    }

    fn marker<DB: DrawingBackend>(&self, area: &Area<DB>, (x, y): (f64, f64)) -> Result<(), Box<dyn Error>>
    where
        DB::ErrorType: 'static,
    {
        let polygon = |corners: &[(f64, f64)]| corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect::<Vec<_>>();
        let filled = self.color.filled();
        let closed = |mut corners: Vec<(f64, f64)>| {
            corners.extend(corners.first().copied());
            PathElement::new(corners, self.color.stroke_width(2))
        };
        let square = [(-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)];
        let up = [(0.0, -6.0), (5.5, 4.0), (-5.5, 4.0)];
        let down = [(0.0, 6.0), (5.5, -4.0), (-5.5, -4.0)];
        let diamond = [(0.0, -6.0), (6.0, 0.0), (0.0, 6.0), (-6.0, 0.0)];
        match self.shape % 9 {
            0 => area.draw(&Circle::new((x, y), 5, filled))?,
            1 => area.draw(&Polygon::new(polygon(&square), filled))?,
            2 => area.draw(&Polygon::new(polygon(&up), filled))?,
            3 => area.draw(&Polygon::new(polygon(&diamond), filled))?,
            4 => area.draw(&Circle::new((x, y), 5, self.color.stroke_width(2)))?,
            5 => area.draw(&closed(polygon(&square)))?,
            6 => area.draw(&closed(polygon(&up)))?,
            7 => area.draw(&closed(polygon(&diamond)))?,
            _ => area.draw(&Polygon::new(polygon(&down), filled))?,
        }
        Ok(())
    }
}

/// The figure for the report, with its caption.
pub(crate) fn html(figure: &Figure) -> String {
    let mut html = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(
        html,
        "<figure aria-label=\"{3}\">{0}<figcaption>{1} <a href=\"{2}.png\">PNG</a> <a href=\"{2}.svg\">SVG</a></figcaption></figure>",
        figure.svg, figure.about, figure.name, figure.title
    );
    html
}
