#include "digit_glyphs.hpp"

#include <array>
#include <cstddef>

namespace sae {
namespace {

constexpr Pen turn = Pen::turn;
constexpr Pen lift = Pen::lift;

constexpr ControlPoint kZeroOval[] = {{.56, .03}, {.24, .17}, {.08, .52}, {.22, .86}, {.50, .98},
                                      {.80, .82}, {.92, .48}, {.78, .14}, {.52, .02}, {.38, .08, lift}};
constexpr ControlPoint kZeroSlim[] = {{.68, .10}, {.46, .02}, {.24, .28}, {.18, .66}, {.38, .97},
                                      {.62, .90}, {.80, .60}, {.78, .24}, {.60, .04}, {.44, .10, lift}};
constexpr ControlPoint kZeroOpen[] = {{.50, .10}, {.28, .10}, {.08, .36}, {.10, .74}, {.40, .99},
                                      {.76, .86}, {.92, .50}, {.80, .16}, {.52, .02}, {.34, .04, lift}};

constexpr ControlPoint kOneStroke[] = {{.52, .00}, {.51, .35}, {.50, .70}, {.50, 1.0, lift}};
constexpr ControlPoint kOneFlag[] = {{.26, .24}, {.42, .12}, {.54, .00, turn},
                                     {.52, .35}, {.51, .70}, {.50, 1.0, lift}};
constexpr ControlPoint kOneFoot[] = {{.30, .20}, {.44, .10}, {.54, .00, turn},
                                     {.53, .35}, {.52, .70}, {.52, .99, lift},
                                     {.24, 1.0}, {.52, .99}, {.80, .98, lift}};

constexpr ControlPoint kTwoPlain[] = {{.12, .22}, {.30, .05},       {.60, .02}, {.80, .20},      {.70, .45},
                                      {.44, .70}, {.12, .96, turn}, {.50, .95}, {.90, .93, lift}};
constexpr ControlPoint kTwoLoop[] = {{.15, .20}, {.36, .03}, {.66, .05}, {.78, .28},
                                     {.62, .58}, {.38, .84}, {.18, .95}, {.10, .84},
                                     {.26, .77}, {.50, .90}, {.72, .98}, {.94, .88, lift}};
constexpr ControlPoint kTwoSwan[] = {{.10, .26}, {.22, .07},       {.50, .00}, {.74, .14}, {.70, .38},
                                     {.42, .70}, {.10, .95, turn}, {.34, .88}, {.62, .96}, {.94, .90, lift}};

constexpr ControlPoint kThreeRound[] = {{.15, .14}, {.42, .01},       {.72, .10},      {.74, .30},
                                        {.56, .44}, {.36, .48, turn}, {.68, .52},      {.84, .70},
                                        {.72, .92}, {.42, 1.0},       {.12, .90, lift}};
constexpr ControlPoint kThreeFlat[] = {{.15, .04},       {.45, .03},      {.80, .03, turn}, {.62, .22},
                                       {.42, .40, turn}, {.72, .46},      {.86, .70},       {.70, .94},
                                       {.40, 1.0},       {.12, .90, lift}};
constexpr ControlPoint kThreeLoop[] = {{.16, .14}, {.46, .00}, {.74, .12}, {.68, .34},
                                       {.46, .48}, {.36, .47}, {.46, .42}, {.70, .50},
                                       {.84, .68}, {.72, .92}, {.44, 1.0}, {.12, .91, lift}};

constexpr ControlPoint kFourOpen[] = {{.24, .03},       {.18, .28}, {.12, .54, turn}, {.48, .54},
                                      {.92, .50, lift}, {.74, .06}, {.71, .50},       {.66, 1.0, lift}};
constexpr ControlPoint kFourClosed[] = {{.68, .00},       {.40, .30}, {.08, .66, turn}, {.50, .66},
                                        {.95, .64, lift}, {.68, .00}, {.67, .50},       {.65, 1.0, lift}};
constexpr ControlPoint kFourCurved[] = {{.20, .06}, {.11, .32}, {.20, .50}, {.48, .51},      {.76, .40, lift},
                                        {.82, .02}, {.76, .36}, {.70, .70}, {.68, 1.0, lift}};

constexpr ControlPoint kFiveSharp[] = {{.84, .03},       {.55, .03}, {.28, .04, turn}, {.25, .22},
                                       {.20, .42, turn}, {.46, .35}, {.74, .46},       {.82, .70},
                                       {.64, .93},       {.36, 1.0}, {.10, .90, lift}};
constexpr ControlPoint kFiveRound[] = {{.88, .02}, {.58, .05}, {.32, .10}, {.22, .32}, {.40, .43},
                                       {.68, .52}, {.80, .72}, {.62, .94}, {.34, 1.0}, {.10, .92, lift}};
constexpr ControlPoint kFiveHat[] = {{.30, .08},       {.26, .25}, {.20, .44, turn}, {.48, .38},
                                     {.74, .50},       {.80, .72}, {.62, .94},       {.36, 1.0},
                                     {.12, .90, lift}, {.30, .06}, {.58, .04},       {.92, .00, lift}};

constexpr ControlPoint kSixOpen[] = {{.72, .02}, {.42, .20}, {.19, .50}, {.16, .80}, {.40, 1.0},
                                     {.72, .90}, {.80, .68}, {.60, .52}, {.35, .58}, {.19, .78, lift}};
constexpr ControlPoint kSixStraight[] = {{.52, .00}, {.32, .30}, {.19, .65}, {.26, .92}, {.50, 1.0},
                                         {.74, .86}, {.72, .64}, {.50, .56}, {.30, .68}, {.22, .86, lift}};
constexpr ControlPoint kSixHooked[] = {{.80, .10}, {.60, .00}, {.30, .20}, {.12, .55}, {.20, .88},
                                       {.50, 1.0}, {.80, .84}, {.76, .60}, {.48, .51}, {.18, .68, lift}};

constexpr ControlPoint kSevenPlain[] = {
    {.08, .08}, {.45, .06}, {.88, .04, turn}, {.62, .45}, {.42, 1.0, lift}};
constexpr ControlPoint kSevenBar[] = {{.10, .07},       {.45, .06}, {.88, .03, turn}, {.64, .45},
                                      {.44, 1.0, lift}, {.30, .51}, {.56, .49},       {.84, .46, lift}};
constexpr ControlPoint kSevenHooked[] = {{.10, .22}, {.14, .05, turn}, {.48, .08},      {.84, .03, turn},
                                         {.70, .30}, {.56, .62},       {.52, 1.0, lift}};

constexpr ControlPoint kEightStroke[] = {{.76, .14}, {.50, .01}, {.24, .14},      {.30, .36}, {.55, .50},
                                         {.78, .72}, {.66, .95}, {.40, 1.0},      {.20, .82}, {.34, .60},
                                         {.60, .42}, {.78, .22}, {.70, .08, lift}};
constexpr ControlPoint kEightRings[] = {{.52, .46}, {.27, .36},       {.27, .12}, {.50, .00},      {.73, .12},
                                        {.73, .34}, {.50, .46, lift}, {.50, .46}, {.20, .60},      {.17, .86},
                                        {.50, 1.0}, {.83, .86},       {.80, .60}, {.52, .46, lift}};
constexpr ControlPoint kEightCrossed[] = {{.80, .04}, {.58, .03}, {.28, .14},      {.32, .34},
                                          {.60, .56}, {.72, .80}, {.50, 1.0},      {.26, .84},
                                          {.40, .58}, {.66, .32}, {.82, .06, lift}};

constexpr ControlPoint kNineStem[] = {{.78, .18}, {.55, .02},       {.26, .12}, {.17, .34},      {.36, .50},
                                      {.62, .42}, {.78, .18, turn}, {.76, .55}, {.70, 1.0, lift}};
constexpr ControlPoint kNineCurved[] = {{.76, .14}, {.52, .02}, {.25, .12},       {.19, .35},
                                        {.40, .48}, {.66, .38}, {.78, .14, turn}, {.82, .48},
                                        {.72, .82}, {.46, 1.0}, {.20, .90, lift}};
constexpr ControlPoint kNineStroke[] = {{.72, .10}, {.48, .00}, {.22, .16}, {.22, .40}, {.46, .48},
                                        {.70, .30}, {.78, .10}, {.74, .42}, {.64, .75}, {.56, 1.0, lift}};

constexpr Glyph kZeros[] = {kZeroOval, kZeroSlim, kZeroOpen};
constexpr Glyph kOnes[] = {kOneStroke, kOneStroke, kOneStroke, kOneFlag, kOneFlag, kOneFoot};
constexpr Glyph kTwos[] = {kTwoPlain, kTwoLoop, kTwoSwan};
constexpr Glyph kThrees[] = {kThreeRound, kThreeFlat, kThreeLoop};
constexpr Glyph kFours[] = {kFourOpen, kFourClosed, kFourCurved};
constexpr Glyph kFives[] = {kFiveSharp, kFiveRound, kFiveHat};
constexpr Glyph kSixes[] = {kSixOpen, kSixStraight, kSixHooked};
constexpr Glyph kSevens[] = {kSevenPlain, kSevenBar, kSevenHooked};
constexpr Glyph kEights[] = {kEightStroke, kEightRings, kEightCrossed};
constexpr Glyph kNines[] = {kNineStem, kNineCurved, kNineStroke};

constexpr std::array<std::span<const Glyph>, 10> kDigits = {kZeros, kOnes,  kTwos,   kThrees, kFours,
                                                            kFives, kSixes, kSevens, kEights, kNines};

}  // namespace

std::span<const Glyph> glyphs_of(int digit) {
    return kDigits[static_cast<std::size_t>(digit)];
}

}  // namespace sae
