//! Plots that are drawn on the server: where bars and labels stand. Their words are in the templates, which draw them as SVG
//! with a title, a description and the same figures in a table.
//!
//! All lengths are whole numbers in a drawing 3,200 wide, so that nothing is rounded differently from browser to browser.

use serde::Serialize;

const WIDTH: u64 = 3_200;
const HEIGHT: u64 = 1_800;
/// Room for the numbers beside the axis.
const LEFT: u64 = 340;
const TOP: u64 = 80;
/// Room for the labels below the bars.
const BOTTOM: u64 = 240;
/// So many labels find room below the bars.
const LABELS: usize = 4;
/// The height of one line of a plot whose bars lie.
const LINE: u64 = 300;

/// A rectangle of a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the attributes of the rectangle in SVG")]
pub struct Bar {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    /// Which part it shows, from 0: each has a pattern of its own beside its colour.
    pub part: usize,
}

/// A label of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlotLabel {
    /// Where it stands.
    pub x: u64,
    /// Its base line.
    pub y: u64,
    /// What it says.
    pub text: String,
}

/// A line of the table, and a bar of the plot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlotRow {
    /// The day, or what is counted.
    pub label: String,
    /// The label where there is little room.
    pub short: String,
    /// One count for each part.
    pub counts: Vec<u64>,
}

/// A plot whose bars are divided into parts that stand, or lie, on each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plot {
    /// Unique on the page.
    pub id: String,
    /// Of the drawing.
    pub width: u64,
    /// Of the drawing.
    pub height: u64,
    /// Where the axis stands.
    pub left: u64,
    /// Where the axis ends.
    pub bottom: u64,
    /// The rectangles.
    pub bars: Vec<Bar>,
    /// The numbers beside lines across the plot; none where the bars lie.
    pub ticks: Vec<PlotLabel>,
    /// The labels of the bars.
    pub labels: Vec<PlotLabel>,
    /// What is shown, for the table.
    pub rows: Vec<PlotRow>,
    /// The sum of each part.
    pub totals: Vec<u64>,
}

impl Plot {
    /// Bars that stand side by side, one for each row, such as a day. Every row has `parts` counts.
    pub fn standing(id: &str, parts: usize, rows: Vec<PlotRow>) -> Self {
        let (height, bottom) = (HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM);
        let most = rows.iter().map(PlotRow::sum).max().unwrap_or(0);
        let top = round_top(most);
        let count = length(rows.len()).max(1);
        let step = (WIDTH - LEFT) / count;
        // A gap of a fifth beside every bar.
        let width = (step * 4 / 5).max(1);
        let mut bars = Vec::new();
        let mut labels = Vec::new();
        let every = rows.len().div_ceil(LABELS).max(1);
        for (place, row) in rows.iter().enumerate() {
            let x = LEFT + length(place) * step + (step - width) / 2;
            let mut y = bottom;
            for (part, number) in row.counts.iter().enumerate() {
                let tall = scaled(*number, top, height);
                y = y.saturating_sub(tall);
                bars.push(Bar { x, y, width, height: tall, part });
            }
            // The last day has a label, and so on backwards.
            if (rows.len() - 1 - place).is_multiple_of(every) {
                labels.push(PlotLabel { x: x + width / 2, y: bottom + 150, text: row.short.clone() });
            }
        }
        let ticks = [0, top / 2, top]
            .into_iter()
            .map(|number| PlotLabel {
                x: LEFT - 40,
                y: bottom - scaled(number, top, height),
                text: number.to_string(),
            })
            .collect();
        Self::drawn(id, parts, rows, Drawing { height: HEIGHT, bottom, bars, ticks, labels })
    }

    /// Bars that lie below each other, one for each row, with the label above each: the template says in words what a
    /// row's label stands for.
    pub fn lying(id: &str, parts: usize, rows: Vec<PlotRow>) -> Self {
        let most = rows.iter().map(PlotRow::sum).max().unwrap_or(0).max(1);
        let mut bars = Vec::new();
        let mut labels = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let y = length(place) * LINE;
            labels.push(PlotLabel { x: 0, y: y + 130, text: row.short.clone() });
            let mut x = 0;
            for (part, number) in row.counts.iter().enumerate() {
                let wide = scaled(*number, most, WIDTH);
                bars.push(Bar { x, y: y + 160, width: wide, height: 100, part });
                x += wide;
            }
        }
        let height = length(rows.len()).max(1) * LINE;
        Self::drawn(id, parts, rows, Drawing { height, bottom: height, bars, ticks: Vec::new(), labels })
    }

    fn drawn(id: &str, parts: usize, rows: Vec<PlotRow>, drawing: Drawing) -> Self {
        let totals =
            (0..parts).map(|part| rows.iter().filter_map(|row| row.counts.get(part)).sum()).collect();
        let bars = drawing.bars.into_iter().filter(|bar| bar.width > 0 && bar.height > 0).collect();
        Self {
            id: id.to_owned(),
            width: WIDTH,
            height: drawing.height,
            left: LEFT,
            bottom: drawing.bottom,
            bars,
            ticks: drawing.ticks,
            labels: drawing.labels,
            rows,
            totals,
        }
    }
}

struct Drawing {
    height: u64,
    bottom: u64,
    bars: Vec<Bar>,
    ticks: Vec<PlotLabel>,
    labels: Vec<PlotLabel>,
}

impl PlotRow {
    /// All parts together.
    fn sum(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

fn length(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// How long a bar for `number` is where `most` takes all the `room`. What there is can be seen, however little it is.
fn scaled(number: u64, most: u64, room: u64) -> u64 {
    let long = u128::from(number) * u128::from(room) / u128::from(most.max(1));
    u64::try_from(long).unwrap_or(room).min(room).max(if number > 0 { 10 } else { 0 })
}

/// The number on top of an axis: even, and 2, 4, 6, 8 or 10 times a power of ten.
fn round_top(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for times in [2, 4, 6, 8, 10] {
            let top = power.saturating_mul(times);
            if top >= most || top == u64::MAX {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(counts: &[&[u64]]) -> Vec<PlotRow> {
        counts
            .iter()
            .enumerate()
            .map(|(place, counts)| PlotRow {
                label: format!("day {place}"),
                short: place.to_string(),
                counts: counts.to_vec(),
            })
            .collect()
    }

    #[test]
    fn bars_stand_on_each_other_and_inside_the_drawing() {
        let plot = Plot::standing("sign-ins", 2, rows(&[&[10, 5], &[0, 0], &[20, 0], &[1, 100_000]]));
        for bar in &plot.bars {
            assert!(bar.x >= plot.left && bar.x + bar.width <= plot.width, "{bar:?}");
            assert!(bar.y + bar.height <= plot.bottom, "{bar:?}");
        }
        let [first, second, ..] = plot.bars.as_slice() else { panic!("two parts") };
        assert_eq!((first.x, second.y + second.height), (second.x, first.y));
        assert_eq!(plot.totals, [31, 100_005]);
        assert_eq!(plot.rows.len(), 4);
    }

    #[test]
    fn nothing_at_all_is_a_plot_without_bars() {
        for plot in [
            Plot::standing("none", 2, Vec::new()),
            Plot::standing("zeros", 2, rows(&[&[0, 0], &[0, 0]])),
            Plot::lying("none", 1, Vec::new()),
        ] {
            assert!(plot.bars.is_empty());
            assert!(plot.totals.iter().all(|total| *total == 0));
        }
    }

    #[test]
    fn ninety_days_have_bars_that_can_be_seen_and_labels_that_find_room() {
        let many: Vec<Vec<u64>> = (0..90).map(|day| vec![day + 1]).collect();
        let many: Vec<&[u64]> = many.iter().map(Vec::as_slice).collect();
        let plot = Plot::standing("days", 1, rows(&many));
        assert_eq!(plot.bars.len(), 90);
        assert!(plot.bars.iter().all(|bar| bar.width >= 20));
        assert!(plot.labels.len() <= LABELS && plot.labels.last().unwrap().text == "89");
    }

    #[test]
    fn the_axis_ends_in_a_round_even_number() {
        for (most, top) in [(0, 2), (2, 2), (3, 4), (9, 10), (10, 10), (11, 20), (61, 80), (100_001, 200_000)]
        {
            assert_eq!(round_top(most), top, "{most}");
        }
        assert_eq!(round_top(u64::MAX), u64::MAX);
    }

    #[test]
    fn lying_bars_fit_whatever_they_count() {
        let plot = Plot::lying("providers", 3, rows(&[&[1_000_000, 1, 0], &[0, 0, 1]]));
        assert!(plot.bars.iter().all(|bar| bar.x + bar.width <= plot.width + 20 && bar.width >= 10));
        assert!(plot.labels.iter().all(|label| label.y < plot.height));
    }
}
